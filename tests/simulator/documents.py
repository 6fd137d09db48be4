"""Documents that clients post."""

from __future__ import annotations

from py20305.models import sep
from py20305.xml import to_xml

from simulator.gateway.resources import reductions


def end_device(lfdi: str | None, sfdi: str) -> bytes:
    return to_xml(
        sep.EndDevice(
            l_fdi=bytes.fromhex(lfdi) if lfdi else None,
            s_fdi=sep.Sfditype(value=int(sfdi)),
            changed_time=sep.TimeType(value=1),
            device_category=sep.DeviceCategoryType(value=b"\x00\x08\x00\x00"),
            post_rate=900,
        ),
        server_2018_compat=True,
    )


def response(mrid: str, lfdi: str, status: int, **extras: int) -> bytes:
    """A DrResponse with ``extras``, a Response without."""
    model = sep.DrResponse if extras else sep.Response
    made = model.model_validate(
        {
            "created_date_time": {"value": 1_700_000_000},
            "end_device_lfdi": bytes.fromhex(lfdi),
            "status": status,
            "subject": {"value": bytes.fromhex(mrid)},
            **reductions.to_fields(dict(extras)),
        }
    )
    return to_xml(made, server_2018_compat=True)


def subscription(resource: str, uri: str, *, encoding: int = 0) -> bytes:
    made = sep.Subscription(
        subscribed_resource=resource, encoding=encoding, level="+S1", limit=1, notification_uri=uri
    )
    return to_xml(made, server_2018_compat=True)


def _power(value: int) -> sep.ActivePower:
    return sep.ActivePower(multiplier=sep.PowerOfTenMultiplierType(value=1), value=value)


def power_status() -> bytes:
    """A PowerStatus with PEVInfo."""
    made = sep.PowerStatus(
        battery_status=1,
        changed_time=sep.TimeType(value=1_700_000_000),
        current_power_source=sep.PowerSourceType(value=1),
        estimated_charge_remaining=sep.PerCent(value=4200),
        pevinfo=sep.Pevinfo(
            charging_power_now=_power(740),
            energy_request_now=sep.RealEnergy(multiplier=sep.PowerOfTenMultiplierType(value=0), value=2**40),
            max_forward_power=_power(2200),
            minimum_charging_duration=7200,
            target_state_of_charge=sep.PerCent(value=8000),
            time_charge_is_needed=sep.TimeType(value=1_700_009_000),
            time_charging_status_pev=sep.TimeType(value=1_700_000_000),
        ),
    )
    return to_xml(made, server_2018_compat=True)


def flow_request(mrid: str, status: int = 0) -> bytes:
    """A FlowReservationRequest."""
    made = sep.FlowReservationRequest(
        m_rid=sep.MRidtype(value=bytes.fromhex(mrid)),
        description="Car",
        creation_time=sep.TimeType(value=1_700_000_000),
        duration_requested=7200,
        energy_requested=sep.SignedRealEnergy(multiplier=sep.PowerOfTenMultiplierType(value=3), value=20),
        interval_requested=sep.DateTimeInterval(duration=36_000, start=sep.TimeType(value=1_700_000_000)),
        power_requested=_power(1000),
        request_status=sep.RequestStatus(date_time=sep.TimeType(value=1_700_000_000), request_status=status),
    )
    return to_xml(made, server_2018_compat=True)
