"""Charges as a household's books give them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.utility_han.procedures import Charge, ChargedVehicle, ChargePeriod
from custom_components.utility_han.procedures.charging.tariff import tiers_between
from tests.procedures.test_charging_sessions import binding, program

CAR = ChargedVehicle("Family car", "1M8GDM9AXKP042788", "Voltline", "One")
OTHER_CAR = ChargedVehicle("Second car & Co", "WVWZZZ1JZXW000001", "Voltline", "Two")
ISSUED = datetime(2026, 12, 1, 6, tzinfo=UTC)
_QUARTER = timedelta(minutes=15)


def charge(
    start: datetime, minutes: float, watts: float = 11_000, *, vehicle: ChargedVehicle = CAR, **changed: Any
) -> Charge:
    """Return what was charged at a steady power, in the periods that the contract asks for."""
    sold = program(**changed.pop("program", {}))
    end = start + timedelta(minutes=minutes)
    periods: list[ChargePeriod] = []
    exact = 0.0
    for tier, begun, until in tiers_between(sold, start, end):
        at = begun
        while at < until:
            following = min(until, at + _QUARTER - timedelta(seconds=at.timestamp() % 900))
            before, exact = round(exact), exact + watts * (following - at) / timedelta(hours=1)
            quality = changed.get("quality", "measured")
            periods.append(ChargePeriod(at, following, round(exact) - before, tier, sold.prices[tier], quality))
            at = following
    changed.pop("quality", None)
    given = {"month_wh_before": 0, "meter_kind": "evse", "meter_id": "VL11", "issued_at": ISSUED}
    name = f"{vehicle.vin[-4:]}-{start:%Y%m%d%H%M}"
    ids = {"id": name, "session_id": name, "meter_start_wh": None, "meter_end_wh": None}
    return Charge(
        vehicle=vehicle,
        binding=binding(),
        program=sold,
        started_at=start,
        ended_at=end,
        periods=tuple(periods),
        **{**given, **ids, **changed},
    )
