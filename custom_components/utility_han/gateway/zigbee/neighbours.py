"""The meter's own table of neighbours, which says who is on its network (Zigbee specification, 2.4.4.3)."""

from dataclasses import dataclass

from zigpy.zdo.types import ZDOCmd

from .messenger import Messenger
from .radio import hexadecimal

_ENTRIES_AT_MOST = 64


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A device that the meter hears: ``eui64`` as 16 hexadecimal digits, and its network address."""

    eui64: str
    nwk: int


async def read_neighbours(messenger: Messenger) -> list[Neighbour] | None:
    """Return the meter's neighbours, None where it tells nobody."""
    found: list[Neighbour] = []
    while len(found) < _ENTRIES_AT_MOST:
        status, table = await messenger.zdo(ZDOCmd.Mgmt_Lqi_req, len(found))
        if status != 0 or table is None:
            return found or None
        found += [Neighbour(hexadecimal(entry.ieee), int(entry.nwk)) for entry in table.NeighborTableList]
        if len(found) >= table.Entries or not table.NeighborTableList:
            break
    return found
