"""What ends in errors that nobody thought of: told once, kept in sight until it succeeds, and in nobody's way."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from traceback import walk_tb
from types import MappingProxyType

_OURS = f"{__name__.partition('.gateway')[0]}."


def is_ours(err: BaseException) -> bool:
    """Whether an error was raised by this integration's own code, and not by a library that it called."""
    innermost = ""
    for frame, _ in walk_tb(err.__traceback__):
        innermost = frame.f_globals.get("__name__", "")
    return innermost.startswith(_OURS)


class Attempt:
    """One try at something, while and after it is made."""

    def __init__(self) -> None:
        """It has not failed yet."""
        self.failed = False
        """Whether it ended in an error that nobody thought of."""


class Failing:
    """What was tried last in vain, by the words of whoever tried."""

    def __init__(
        self,
        logger: logging.Logger,
        understood: tuple[type[Exception], ...],
        changed: Callable[[], None] = lambda: None,
        title: str = "",
    ) -> None:
        """Errors that are ``understood`` are left to whoever tries; ``changed`` is called when other things fail."""
        self._logger = logger
        self._understood = understood
        self._changed = changed
        self._title = title
        self._kinds: dict[str, str] = {}

    @property
    def kinds(self) -> Mapping[str, str]:
        """The kind of the error, by what ended in it the last time."""
        return MappingProxyType(self._kinds)

    @contextmanager
    def attempt(self, what: str, told: str | None = None) -> Iterator[Attempt]:
        """Try ``what`` inside; an error that nobody thought of ends it, and goes no further.

        ``told`` is what the log calls it, ``what`` itself unless said otherwise.
        """
        this = Attempt()
        try:
            yield this
        except self._understood:
            raise
        except Exception as err:
            this.failed = True
            before, self._kinds[what] = self._kinds.get(what), type(err).__name__
            if before is None:
                words = "%s: %s ended in an unexpected error and is begun again; please report it"
                self._logger.exception(words, self._title, told or what)
                self._tell()
        else:
            if self._kinds.pop(what, None) is not None:
                self._logger.info("%s: %s works again", self._title, told or what)
                self._tell()

    def _tell(self) -> None:
        # Whoever is told may be what fails; trying that here would never end.
        try:
            self._changed()
        except Exception:
            self._logger.exception("%s: what fails could not be shown", self._title)
