"""Whatever is wrong with an answer of the utility, it is an answer that was not understood, and nothing else."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from script.fuzzing.spoiling import spoilt_json, spoilt_values
from script.fuzzing.utility import CALLS, Answering, answers, ask, problem, take, written
from simulator.utility.api.schema import operations

_ALL = settings(
    max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def test_every_answer_of_the_document_is_read() -> None:
    of_nothing = {"discover", "verifyPremise"}
    assert set(CALLS) == {operation.id for operation in operations()} - of_nothing
    assert [operation for operation in CALLS if not take(operation, written(answers()[operation]))] == []


def _each() -> Iterator[tuple[str, Any]]:
    """Yield an operation for each kind of answer: many answer alike."""
    seen: list[Any] = []
    for operation in CALLS:
        if (answer := answers()[operation]) not in seen:
            seen.append(answer)
            yield operation, answer


@pytest.mark.parametrize(("operation", "answer"), list(_each()))
@pytest.mark.use_case("UR-5", "UR-6", "SC-1", "UR-EV", "RD-2")
def test_spoilt_answer_is_not_understood(operation: str, answer: Any) -> None:
    """Each field left out, of another type, null, huge; nothing but a ``UtilityError`` comes of it."""
    outcomes = {take(operation, written(spoilt)) for spoilt in spoilt_values(answer)}
    assert outcomes == {True, False}  # what nobody reads may be anything


@_ALL
@given(data=st.data())
def test_answer_spoilt_in_several_places_is_not_understood(data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(sorted(CALLS)))
    take(operation, written(data.draw(spoilt_json(answers()[operation]))))


@_ALL
@given(data=st.data())
def test_spoilt_problem_is_a_problem(data: st.DataObject) -> None:
    status = data.draw(st.sampled_from([302, 400, 401, 404, 409, 422, 429, 500, 503, 599]))
    after = data.draw(st.sampled_from(["", "5", "²", "٣", "-1", "9" * 50, "1.5", "Thu, 01 Jan 1970 00:00:00 GMT"]))
    spoilt = data.draw(spoilt_json(problem()) | st.just(problem()))
    assert take("getBinding", written(spoilt), status, {"Retry-After": after}) is False


def _reason(raw: bytes, status: int = 200, **headers: str) -> UtilityError:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    with pytest.raises(UtilityError) as caught:
        asyncio.run(ask("listBindings", Answering(raw, status, names)))
    return caught.value


@pytest.mark.parametrize(
    "raw",
    [
        b'{"bindings":[7]}',
        b'{"bindings":7}',
        b'{"bindings":{}}',
        b'{"bindings":null}',
        b"[7]",
        b"7",
        b"",
        b"\xff\xfe",
        b"{" * 7,
        b"[" * 100_000,
        b'{"bindings":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"bindings":[' + b"[" * 50 + b"]" * 50 + b"]}",
        b'{"bindings":[],"more":' + b"9" * 5_000 + b"}",
        b'{"bindings":[],"more":1e999}',
        b'{"bindings":[],"more":"\\ud800"}',
        b'{"bindings":[' + b"{}," * 20_000 + b"{}]}",
        b" " * 5_000_000,
    ],
    ids=lambda raw: f"{bytes(raw[:24])!r} of {len(raw)}",
)
def test_odd_json_is_not_understood(raw: bytes) -> None:
    assert _reason(raw).reason is UtilityReason.UTILITY_NOT_UNDERSTOOD


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"<html>default backend - 404</html>", UtilityReason.UTILITY_ERROR),
        (b"", UtilityReason.UTILITY_ERROR),
        (b"[]", UtilityReason.UTILITY_ERROR),
        (b'{"type":"urn:utility-han:problem:not-found"}', UtilityReason.UNKNOWN_TO_UTILITY),
        (b'{"type":"about:blank","title":"Not Found"}', UtilityReason.UNKNOWN_TO_UTILITY),
        (b"{}", UtilityReason.UNKNOWN_TO_UTILITY),
    ],
)
def test_server_before_the_api_does_not_say_what_there_is(raw: bytes, reason: UtilityReason) -> None:
    """While the API is away a proxy may answer 404 in its place, and no registration has ended."""
    assert _reason(raw, 404).reason is reason


@pytest.mark.parametrize("version", ["7", 7.0, True, None, [7], 2**64])
def test_version_is_a_number(version: Any) -> None:
    answer = answers()["listBindings"]["bindings"][0] | {"version": version}
    assert _reason(written({"bindings": [answer]})).reason is UtilityReason.UTILITY_NOT_UNDERSTOOD


@pytest.mark.parametrize("after", ["²", "٣", "5.0", "-5", "1" * 9, "Thu, 01 Jan 1970 00:00:00 GMT", " "])
def test_odd_retry_after_says_nothing(after: str) -> None:
    error = _reason(b"", 503, Retry_After=after)
    assert (error.reason, error.retry_after) == (UtilityReason.UTILITY_BUSY, None)


@pytest.mark.parametrize(
    "time",
    ["9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59+23:59", "0001-01-01T00:00:00+23:59", "0001-01-01T00:00Z"],
)
@pytest.mark.use_case("SC-1")
def test_time_at_the_end_of_the_calendar_is_one_that_can_be_calculated_with(time: str) -> None:
    """ "Until further notice" is often the year 9999."""
    answer = answers()["listBindings"]["bindings"][0] | {"valid_from": "2026-01-01T00:00:00Z", "valid_until": time}
    (binding,) = asyncio.run(ask("listBindings", Answering(json.dumps({"bindings": [answer]}).encode())))
    assert binding.valid_until.utcoffset().total_seconds() == 0
    assert binding.valid_until.year in (1970, 2200)
    assert binding.covers(binding.valid_from) is time.startswith("9999")


@pytest.mark.parametrize("time", ["2026-11-24T12:00:00", "2026-11-24T12:00:00+24:00", "24.11.2026", "", "now"])
def test_time_that_is_none_is_not_understood(time: str) -> None:
    answer = answers()["listBindings"]["bindings"][0] | {"valid_from": time}
    assert _reason(written({"bindings": [answer]})).reason is UtilityReason.UTILITY_NOT_UNDERSTOOD
