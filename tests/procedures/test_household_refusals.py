"""What a household's books refuse, for the reasons that a utility has (SC-1): nothing is bound or billed by half."""

from datetime import timedelta
from typing import Any

import pytest

from custom_components.utility_han.utility import Payer, UtilityError, UtilityReason
from custom_components.utility_han.utility.vehicle_model import Binding, BindingRequest, ChargingSession
from tests.procedures.test_charging_sessions import program
from tests.procedures.test_household_books import DAY, MAY, PAYER, Household

pytestmark = pytest.mark.use_case("SC-1", "UR-EV")


async def bound() -> Household:
    """A home whose car is bound since May, and that has a second one."""
    home = Household()
    await home.bind()
    await home.books.add_vehicle("WVWZZZ1JZXW000002", "Voltline", "Two", None, None, "second")
    return home


async def bind(home: Household, key: str = "again", **changed: Any) -> Binding:
    """Ask the books for a binding of the second car, but for what is said."""
    (_, second) = home.kept.vehicles
    asked: dict[str, Any] = {
        "vehicle_id": second,
        "premise_id": "home",
        "evse": {"name": "Garage"},
        "program_id": "ev-tou",
        "terms_version": "1",
        "consented_at": MAY,
        "bill_to": "own_account",
        "valid_from": MAY,
        "payer": PAYER,
    }
    return await home.books.bind_vehicle(BindingRequest(**asked | changed), key)


async def test_second_vehicle_is_bound_once_however_often_it_is_asked() -> None:
    home = await bound()
    first = await bind(home)
    assert await bind(home) == first
    assert [each.id for each in await home.books.bindings("home")][1:] == [first.id]
    assert await home.books.binding(first.id) == first
    assert [each.id for each in await home.books.rate_programs("home")] == ["ev-tou"]
    assert len(await home.books.vehicles()) == 2


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"vehicle_id": "nobody's"}, UtilityReason.UNKNOWN_TO_UTILITY),
        ({"payer": None}, UtilityReason.INVALID_REQUEST),
        ({"bill_to": "somebody"}, UtilityReason.INVALID_REQUEST),
        ({"program_id": "none"}, UtilityReason.PROGRAM_CLOSED),
        ({"terms_version": "2"}, UtilityReason.TERMS_CHANGED),
        ({"valid_until": MAY}, UtilityReason.INVALID_REQUEST),
        ({"valid_until": MAY - DAY}, UtilityReason.INVALID_REQUEST),
        ({"replaces": "home-none"}, UtilityReason.UNKNOWN_TO_UTILITY),
    ],
)
async def test_what_cannot_be_bound_is_refused_with_its_reason(changed: dict[str, Any], reason: UtilityReason) -> None:
    home = await bound()
    with pytest.raises(UtilityError) as refused:
        await bind(home, **changed)
    assert refused.value.reason is reason
    assert len(home.kept.bindings) == 1


async def test_program_that_takes_nobody_any_more_is_refused() -> None:
    home = await bound()
    home.books.keep_program(program(periods=[], open=False))
    with pytest.raises(UtilityError) as refused:
        await bind(home)
    assert refused.value.reason is UtilityReason.PROGRAM_CLOSED


async def test_another_vehicles_binding_is_not_replaced() -> None:
    home = await bound()
    (of_first,) = home.kept.bindings
    with pytest.raises(UtilityError) as refused:
        await bind(home, replaces=of_first)
    assert refused.value.reason is UtilityReason.UNKNOWN_TO_UTILITY
    assert home.kept.bindings[of_first].valid_until is None


async def test_binding_ends_once_and_not_before_it_began() -> None:
    home = await bound()
    (of_first,) = home.kept.bindings
    with pytest.raises(UtilityError) as refused:
        await home.books.end_binding(of_first, MAY - DAY, "sold", "end")
    assert refused.value.reason is UtilityReason.INVALID_REQUEST
    with pytest.raises(UtilityError) as unknown:
        await home.books.end_binding("home-none", MAY + DAY, "sold", "end")
    assert unknown.value.reason is UtilityReason.UNKNOWN_TO_UTILITY
    ended = await home.books.end_binding(of_first, MAY + DAY, "sold", "end")
    assert (await home.books.end_binding(of_first, MAY + DAY, "sold", "end")).version == ended.version
    later = await home.books.end_binding(of_first, MAY + 2 * DAY, "sold later", "end")
    assert (later.valid_until, later.version) == (MAY + 2 * DAY, ended.version + 1)


async def test_session_without_a_price_or_outside_its_binding_is_not_billed() -> None:
    home = await bound()
    entry = home.charge(MAY + DAY)
    (record,) = entry.records
    priced = record.session
    cost, record.cost = record.cost, None
    with pytest.raises(UtilityError) as unpriced:
        await home.books.record_session(priced, "one")
    assert unpriced.value.reason is UtilityReason.SESSION_INCONSISTENT
    record.cost = cost
    early = _moved(priced, -2 * DAY)
    with pytest.raises(UtilityError) as outside:
        await home.books.record_session(early, "one")
    assert outside.value.reason is UtilityReason.SESSION_OUTSIDE_BINDING
    await home.deliver()
    assert record.billed is not None
    assert await home.books.record_session(priced, "one") == record.billed
    said = await home.books.confirm_session(priced.binding_id, priced.session_id, priced.started_at)
    assert (said.status, said.payer) == ("confirmed", Payer("…4711", "A customer"))


def _moved(session: ChargingSession, by: timedelta) -> ChargingSession:
    names = {name: getattr(session, name) for name in ChargingSession.__slots__}
    return ChargingSession(**names | {"started_at": session.started_at + by, "ended_at": session.ended_at + by})
