"""EndDeviceControl and DrResponse (sep.xsd, Demand Response and Load Control) in our words, and ours in theirs.

Units on the wire, from the documentation of the elements: ``coolingOffset`` and ``heatingOffset`` in tenths of a
kelvin, set points in hundredths of a degree, PerCent in hundredths of a percent, DutyCycle in percent of time on.
"""

from collections.abc import Mapping
from datetime import timedelta

from py20305.models import sep

from ...esi import ControlResponse, DemandResponseProgram, LoadControl, ReductionUnit, TargetReduction
from .resources import event_status, lasting, moment

_WHOLE = 100.0
_HOUR = 3600  # OneHourRangeType: -3600 to 3600


def control_of(program: DemandResponseProgram, found: sep.EndDeviceControl) -> LoadControl:
    """Return what an EndDeviceControl asks for.

    ``Offset.loadAdjustmentPercentageOffset`` is subtracted from the normal setting, ``coolingOffset`` added to the set
    point and ``heatingOffset`` subtracted from it; ``loadShiftForward`` turns all three round.
    """
    offset, set_point, target = found.offset, found.set_point, found.target_reduction
    sign = -1 if found.load_shift_forward else 1
    reduction = found.appliance_load_reduction
    return LoadControl(
        id=found.m_rid.value.hex().upper(),
        program=program.href,
        primacy=program.primacy,
        device_category=int.from_bytes(found.device_category.value),
        created=moment(found.creation_time.value),
        start=moment(found.interval.start.value),
        duration=lasting(found.interval.duration),
        status=event_status(found.event_status),
        mandatory=found.dr_program_mandatory,
        randomize_start=_seconds(found.randomize_start),
        randomize_duration=_seconds(found.randomize_duration),
        reply_to=found.reply_to,
        response_required=int.from_bytes(found.response_required or b""),
        duty_cycle=found.duty_cycle.normal_value if found.duty_cycle else None,
        cooling_offset=_scaled(offset.cooling_offset, 10, sign) if offset else None,
        heating_offset=_scaled(offset.heating_offset, 10, sign) if offset else None,
        load_adjustment=_kept(offset.load_adjustment_percentage_offset, sign) if offset else None,
        cooling_setpoint=_scaled(set_point.cooling_setpoint, 100) if set_point else None,
        heating_setpoint=_scaled(set_point.heating_setpoint, 100) if set_point else None,
        appliance_load_reduction=reduction.type_value.value if reduction else None,
        target_reduction=TargetReduction(target.type_value.value, target.value) if target else None,
        override_duration=lasting(found.override_duration) if found.override_duration is not None else None,
        shift_forward=found.load_shift_forward,
    )


def _seconds(value: sep.OneHourRangeType | None) -> timedelta:
    return timedelta(seconds=min(max(value.value, -_HOUR), _HOUR) if value else 0)


def _scaled(value: int | None, parts: int, sign: int = 1) -> float | None:
    """Return a value of the XSD in whole units."""
    return None if value is None else sign * value / parts


def _kept(offset: sep.PerCent | None, sign: int) -> float | None:
    """Return the percent of its load that is kept to where so much is subtracted (``sign`` 1) or added (-1)."""
    return None if offset is None else _WHOLE - sign * offset.value / 100


def dr_response(response: ControlResponse) -> sep.DrResponse:
    """Return the DrResponse that tells what became of a control, with what was applied of it.

    ``overrideDuration`` is the total time for which it was overridden.
    """
    applied = response.applied
    reduction, duty = applied.get("appliance_load_reduction"), applied.get("duty_cycle")
    return sep.DrResponse(
        created_date_time=sep.TimeType(value=int(response.at.timestamp())),
        end_device_lfdi=bytes.fromhex(response.lfdi),
        status=int(response.status),
        subject=sep.MRidtype(value=bytes.fromhex(response.control)),
        appliance_load_reduction=sep.ApplianceLoadReduction(
            type_value=sep.ApplianceLoadReductionType(value=int(reduction))
        )
        if reduction is not None
        else None,
        applied_target_reduction=_target(applied),
        duty_cycle=sep.DutyCycle(normal_value=round(duty)) if duty is not None else None,
        offset=_offset(applied),
        override_duration=round(response.overridden) if response.overridden is not None else None,
        set_point=_set_point(applied),
    )


def _offset(applied: Mapping[str, float]) -> sep.Offset | None:
    """Return what was applied as it was asked: without a sign, which ``loadShiftForward`` of the control has."""
    percent = applied.get("load_adjustment")
    cooling, heating = (_parts(applied.get(name), 10) for name in ("cooling_offset", "heating_offset"))
    if percent is None and cooling is None and heating is None:
        return None
    return sep.Offset(
        cooling_offset=None if cooling is None else abs(cooling),
        heating_offset=None if heating is None else abs(heating),
        load_adjustment_percentage_offset=sep.PerCent(value=round(abs(_WHOLE - percent) * 100))
        if percent is not None
        else None,
    )


def _set_point(applied: Mapping[str, float]) -> sep.SetPoint | None:
    cooling, heating = (_parts(applied.get(name), 100) for name in ("cooling_setpoint", "heating_setpoint"))
    if cooling is None and heating is None:
        return None
    return sep.SetPoint(cooling_setpoint=cooling, heating_setpoint=heating)


def _target(applied: Mapping[str, float]) -> sep.AppliedTargetReduction | None:
    """Return the threshold in watts; UInt16 bounds what can be said so, beyond it is said in kilowatts."""
    if (watts := applied.get("target_reduction")) is None:
        return None
    in_watts = watts < 2**16
    return sep.AppliedTargetReduction(
        type_value=sep.UnitType(value=(ReductionUnit.WATTS if in_watts else ReductionUnit.KILOWATTS).value),
        value=min(round(watts if in_watts else watts / 1000), 2**16 - 1),
    )


def _parts(value: float | None, parts: int) -> int | None:
    return None if value is None else round(value * parts)
