"""Keeps keys out of the log: bellows writes every command and every frame there at debug level, keys among them.

Debug logs are made to be handed to strangers; whoever has the install code or the link key can join the meter's
network in our place, and read what is sent to us.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_LIBRARY = "bellows"


@contextmanager
def unlogged() -> Iterator[None]:
    """Have bellows log nothing below a warning while a key is on its way to or from the radio."""
    # What a logger passes on, its parents' filters do not see.
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == _LIBRARY]
    loggers = [logging.getLogger(name) for name in names]
    for logger in loggers:
        logger.addFilter(_no_details)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(_no_details)


def _no_details(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING
