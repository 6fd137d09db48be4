"""What is told when something happens: event entities, and events of Home Assistant's bus."""

from collections.abc import Iterator

from custom_components.utility_han.hub.descriptions import SubjectEventDescription
from custom_components.utility_han.hub.subject import Subject

from .entities import name_of, of_rooms
from .sources import joined, table, texts

_HEAD = """\
# Events

What happens is told by triggers (the easiest way: [Triggers](automations.md#triggers)), by event entities, which
are there to be enabled, and on the event bus, enabled or not. Of the bus the data are `entity_id`, `device_id`,
`name`, `type`, and the attributes.
"""


def page() -> str:
    """Return the page."""
    lines = [_HEAD]
    for row in _rows():
        said = texts()["entity"]["event"][row.translation_key or ""]["state_attributes"]
        types = said["event_type"]["state"]
        lines += [f"## {name_of('event', row)}", "", f"`{row.bus_event}` on the bus.", ""]
        lines += table(("type", "what happened"), ((f"`{each}`", types[each]) for each in row.event_types or ()))
        attributes = ((f"`{name}`", about["name"]) for name, about in said.items() if name != "event_type")
        lines += table(("attribute", "what it is"), attributes)
    return joined(lines)


def _rows() -> Iterator[SubjectEventDescription[Subject]]:
    seen = set()
    for rows in of_rooms().values():
        for _, row in rows:
            if isinstance(row, SubjectEventDescription) and row.translation_key not in seen:
                seen.add(row.translation_key)
                yield row
