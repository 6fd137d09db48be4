"""Whatever a VTN says, reading it ends in what can be read and in notes: never in an error."""

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from custom_components.utility_han.utility.openadr.model import Version
from custom_components.utility_han.utility.openadr.reading import (
    Notes,
    read_each,
    read_event,
    read_program,
    read_resource,
    read_ven,
)
from tests.openadr.canned_vtn import EVENT, META, PROGRAM, VEN

REPORT = {"payloadType": "USAGE", "readingType": "DIRECT_READ", "units": "KWH", "repeat": -1}
WHOLE = {
    read_event: EVENT | {"duration": "P9999Y", "reportDescriptors": [REPORT]},
    read_program: PROGRAM
    | {
        "programDescriptions": [{"URL": "https://www.myCorporation.com/myProgramDescription"}],
        "attributes": [{"type": "RETAILER_NAME", "values": ["ACME"]}],
        "targets": ["group-1"],
    },
    read_ven: VEN | {"attributes": [{"type": "LOCATION", "values": [8.5, 47.4]}]},
    read_resource: META | {"resourceName": "RESOURCE-999", "venID": "object-999", "clientID": "249rj49jiej"},
}
json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def places(data: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the ways to all values in an object."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [each for key, value in inner for each in [(*at, key), *places(value, (*at, key))]]


@given(st.data(), st.sampled_from(list(WHOLE)), st.sampled_from(list(Version)), json)
def test_one_odd_value_anywhere_costs_no_more_than_its_object(
    data: st.DataObject, read: Any, version: Version, odd: Any
) -> None:
    good = WHOLE[read]
    bad = deepcopy(good)
    *way, last = data.draw(st.sampled_from(places(good)))
    inner: Any = bad
    for key in way:
        inner = inner[key]
    inner[last] = odd
    notes = Notes()
    found = read_each([bad, odd, good], read, version, notes)
    assert len(found) in (1, 2)
    assert found[-1] == read(good, version, Notes())
    assert len(found) == 2 or notes.said


def test_all_of_the_document_s_examples_are_read_without_a_note() -> None:
    for read, good in WHOLE.items():
        notes = Notes()
        assert len(read_each([good], read, Version.V3_1, notes)) == 1
        assert notes.said == ()
