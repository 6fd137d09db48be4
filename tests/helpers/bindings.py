"""A binding of a vehicle, as a utility has it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from custom_components.utility_han.utility.vehicle_model import Binding, BindingStatus, Payer

_BOUND = Binding(
    id="bind-1",
    version=1,
    status=BindingStatus.IN_FORCE,
    vehicle_id="veh-1",
    premise_id="prem-1",
    evse="Garage",
    program_id="ev",
    terms_version="1",
    bill_to="vehicle_owner",
    payer=Payer("1", "A customer"),
    guest=False,
    valid_from=datetime(2025, 1, 1, tzinfo=UTC),
    valid_until=None,
    reason=None,
)


def made_binding(**more: Any) -> Binding:
    """Return one that holds since 2025, but for ``more``."""
    return replace(_BOUND, **more)
