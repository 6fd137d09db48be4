"""Values of a meter's attributes: those that are there, those that it does not have, and those that got lost.

Which value of a type means that there is none ("non-value", Zigbee Cluster Library, table 2-10) zigpy's ``DataType``
lists.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from zigpy.zcl import Cluster
from zigpy.zcl.foundation import Attribute, DataType, ReadAttributeRecord, Status, TypeValue

_KINDS = (int, str)


class Attributes(dict[int, Any]):
    """Values by attribute, None for one that is marked as having none.

    ``unsupported`` are those that the meter says it does not have. What is in neither was lost: left out of the
    answer, or refused for a reason that passes.
    """

    def __init__(self, values: dict[int, Any] | None = None) -> None:
        super().__init__(values or {})
        self.unsupported: set[int] = set()

    def take(self, cluster: type[Cluster], records: Iterable[ReadAttributeRecord]) -> None:
        """Take an answer to Read Attributes of a cluster."""
        for record in records:
            number = int(record.attrid)
            if record.status == Status.SUCCESS:
                self[number] = value_of(record.value, cluster, number)
            elif record.status == Status.UNSUPPORTED_ATTRIBUTE:
                self.unsupported.add(number)

    def lost(self, asked: Collection[int]) -> set[int]:
        """Return which of those asked for the meter did not answer."""
        return set(asked) - self.keys() - self.unsupported


def value_of(typed: Any, cluster: type[Cluster], number: int) -> Any:
    """Return the value of a ``TypeValue``, None where it is marked as none or is of another kind than the attribute.

    Meters tell numbers in wider and narrower types than their cluster has them in, which is as good. We ask for no
    collections.
    """
    if not isinstance(typed, TypeValue):
        return None
    defined = cluster.attributes.get(number)
    if defined is not None and any(issubclass(defined.type, kind) != isinstance(typed.value, kind) for kind in _KINDS):
        return None
    none = DataType.from_type_id(typed.type).non_value
    return None if none is not None and typed.value == none else typed.value


def attributes_of(payload: bytes) -> Iterator[tuple[int, Any]]:
    """Yield attributes with their ``TypeValue`` or collection, as reports and writes have them."""
    while payload:
        attribute, payload = Attribute.deserialize(payload)
        yield int(attribute.attrid), attribute.value
