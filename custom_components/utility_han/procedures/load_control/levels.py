"""Which level of load is in force: that of SIMPLE, and what CONTROL_LEVEL_OFFSET adds to it.

By ``event-interval-payloads.schema.yaml`` (OpenADR 3.1.1) SIMPLE is a level from 0, normal operation, to 3, and
CONTROL_LEVEL_OFFSET "an integer between -10 and +10", "relative to normal operations where 0 is normal operations";
"the higher the setpoint the less load is consumed". An offset may come by an event of its own: then it adds to the
level of the event which it goes before.
"""

from collections.abc import Iterable
from datetime import datetime

from .record import ControlRecord

MOST = 3


def level_of(record: ControlRecord, of_device: Iterable[ControlRecord], now: datetime) -> int | None:
    """Return the level that the control in force asks of its device, None where it asks for none.

    ``of_device`` are the records of the same device, ``now`` is on the clock of who asks.
    """
    control = record.control
    if control.level is None and control.level_offset is None:
        return None
    level = control.level
    if level is None:
        beside = [
            each.control
            for each in of_device
            if each.superseded and each.start <= now < each.control.end and each.out is None
        ]
        levels = [(each.primacy, -each.created.timestamp(), each.level) for each in beside if each.level is not None]
        level = min(levels)[-1] if levels else 0
    return min(max(level + (control.level_offset or 0), 0), MOST)
