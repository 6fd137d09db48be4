"""Records of sessions elsewhere count once, and credits take back their own whichever came first (UR-EV)."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from custom_components.utility_han.procedures import Elsewhere, ForeignSession, SessionElsewhere, TooManyError
from custom_components.utility_han.procedures.charging import elsewhere
from custom_components.utility_han.procedures.charging.elsewhere import plain_contract
from custom_components.utility_han.procedures.charging.ledger import KEPT

pytestmark = pytest.mark.use_case("UR-EV")

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
LONG_AGO, LATER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
CAR, VAN = "car", "van"


def record(name: str, **changed: Any) -> ForeignSession:
    """Return a session of two hours yesterday."""
    start = NOW - timedelta(days=1)
    told: dict[str, Any] = {
        "version": "2.2.1", "country_code": "BE", "party_id": "BEC", "id": name, "started_at": start,
        "ended_at": start + timedelta(hours=2), "energy_wh": 15_342, "cost": Decimal("4.00"),
        "cost_with_tax": Decimal("4.40"), "currency": "EUR", "place": "Gent Zuid", "evse_id": "BE*BEC*E041503001",
        "contract_id": "DE8ACC12E46L89",
    }  # fmt: skip
    return ForeignSession(**(told | changed))


FIRST = record("12345")
CREDIT = replace(FIRST, id="12345-C", credits="12345", cost=Decimal(-4), cost_with_tax=Decimal("-4.40"))
NEW = record("12346", energy_wh=10_000)


def counted(kept: Elsewhere, vehicle: str = CAR) -> list[str]:
    return [each.id for each in kept.of_vehicle(vehicle, LONG_AGO, LATER)]


@pytest.mark.parametrize("order", permutations([FIRST, CREDIT, NEW]))
@pytest.mark.parametrize("at_once", [True, False])
def test_a_credit_takes_back_its_own_in_any_order(order: tuple[ForeignSession, ...], at_once: bool) -> None:
    kept = Elsewhere()
    for told in [order] if at_once else [[each] for each in order]:
        kept.take(CAR, told, NOW)
    assert counted(kept) == ["12346"]
    again = Elsewhere(map(SessionElsewhere.from_dict, json.loads(json.dumps(kept.to_list()))))
    assert again.to_list() == kept.to_list()
    assert (again.take(CAR, order, NOW).known, counted(again)) == (3, ["12346"])


def test_what_became_of_each_is_told() -> None:
    kept = Elsewhere()
    old = record("1", started_at=LONG_AGO, ended_at=NOW - KEPT - timedelta(seconds=1))
    made = kept.take(CAR, [FIRST, replace(FIRST, country_code="be", id="12345"), old, record("OWN")], NOW, own={"OWN"})
    assert (made.taken, made.known, made.old) == ([FIRST], 2, 1)
    made = kept.take(CAR, [CREDIT, replace(CREDIT, id="2-C", credits="2")], NOW)
    assert (made.taken, made.taken_back, made.unmatched, made.known) == ([], [FIRST], 1, 0)


def test_a_record_is_of_one_vehicle() -> None:
    kept = Elsewhere()
    kept.take(VAN, [FIRST], NOW)
    assert (kept.others(CAR, [FIRST]), kept.others(CAR, [CREDIT]), kept.others(CAR, [NEW])) == ({VAN}, {VAN}, set())
    assert kept.take(CAR, [FIRST], NOW).taken == [FIRST]
    assert (counted(kept, VAN), counted(kept)) == ([], ["12345"])


def test_three_years_and_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "MOST", 2)
    kept = Elsewhere()
    kept.take(CAR, [FIRST], NOW)
    with pytest.raises(TooManyError):
        kept.take(CAR, [NEW, record("12347")], NOW)
    assert counted(kept) == ["12345"]
    kept.prune(NOW + KEPT)
    assert kept.to_list() == []


def test_a_contract_is_the_same_however_it_is_written() -> None:
    for written in ("DE-8AA-001234567-0", "de8aa001234567", "DE8AA0012345670"):
        assert plain_contract(written) == "DE8AA001234567"
    assert plain_contract("nl tnm 12") == "NLTNM12"
