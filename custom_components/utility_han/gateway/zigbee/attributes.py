"""Values of a meter's attributes: those that are there, those that it does not have, and those that got lost.

Which value of a type means that there is none ("non-value", Zigbee Cluster Library, table 2-10) zigpy's ``DataType``
lists.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from zigpy.zcl.foundation import Attribute, DataType, ReadAttributeRecord, Status, TypeValue


class Attributes(dict[int, Any]):
    """Values by attribute, None for one that is marked as having none.

    ``unsupported`` are those that the meter says it does not have. What is in neither was lost: left out of the
    answer, or refused for a reason that passes.
    """

    def __init__(self, values: dict[int, Any] | None = None) -> None:
        super().__init__(values or {})
        self.unsupported: set[int] = set()

    def take(self, records: Iterable[ReadAttributeRecord]) -> None:
        """Take an answer to Read Attributes."""
        for record in records:
            if record.status == Status.SUCCESS:
                self[int(record.attrid)] = value_of(record.value)
            elif record.status == Status.UNSUPPORTED_ATTRIBUTE:
                self.unsupported.add(int(record.attrid))

    def lost(self, asked: Collection[int]) -> set[int]:
        """Return which of those asked for the meter did not answer."""
        return set(asked) - self.keys() - self.unsupported


def value_of(typed: Any) -> Any:
    """Return the value of a ``TypeValue``, None where it is marked as none; we ask for no collections."""
    if not isinstance(typed, TypeValue):
        return None
    none = DataType.from_type_id(typed.type).non_value
    return None if none is not None and typed.value == none else typed.value


def attributes_of(payload: bytes) -> Iterator[tuple[int, Any]]:
    """Yield attributes with their ``TypeValue`` or collection, as reports and writes have them."""
    while payload:
        attribute, payload = Attribute.deserialize(payload)
        yield int(attribute.attrid), attribute.value
