"""What a meter says that it counts in: nothing is counted in a unit that it did not say."""

from typing import Any

import pytest
from zigpy.zcl.clusters.smartenergy import MeteringUnitofMeasure

from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.zigbee.attributes import Attributes
from custom_components.utility_han.gateway.zigbee.scale import FORMATTING, scale_of

KWH = MeteringUnitofMeasure.Kwh_and_Kwh_binary


def said(unit: Any, multiplier: Any, divisor: Any) -> Attributes:
    return Attributes(dict(zip(FORMATTING, (unit, multiplier, divisor), strict=True)))


@pytest.mark.parametrize(
    ("multiplier", "divisor", "raw", "watt_hours"), [(1, 1000, 1234, 1234.0), (10, 1, 2, 20_000.0), (0, 0, 3, 3000.0)]
)
def test_raw_values_are_multiplied_and_divided(multiplier: int, divisor: int, raw: int, watt_hours: float) -> None:
    """Multiplier over Divisor (annex D.3.2.2.4); a zero means one."""
    assert scale_of(said(KWH, multiplier, divisor))(raw) == watt_hours


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (said(MeteringUnitofMeasure.Cubic_Meter_and_Cubic_Meter_per_Hour_binary, 1, 1), Reason.NO_READINGS),
        (said(None, 1, 1), Reason.NO_READINGS),
        (said(KWH, None, 1000), Reason.MALFORMED),
        (said(KWH, 1, None), Reason.MALFORMED),
        (Attributes({FORMATTING[0]: KWH}), Reason.GATEWAY_SILENT),
    ],
)
def test_meter_whose_unit_is_not_known_has_no_readings(told: Attributes, reason: Reason) -> None:
    with pytest.raises(GatewayError) as odd:
        scale_of(told)
    assert odd.value.reason is reason


def test_meter_without_factors_counts_in_kilowatt_hours() -> None:
    told = Attributes({FORMATTING[0]: KWH})
    told.unsupported = set(FORMATTING[1:])
    scale = scale_of(told)
    assert (scale(5), scale.attributes) == (5000.0, ())
