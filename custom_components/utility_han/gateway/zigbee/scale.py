"""What a meter's raw values count in: UnitofMeasure, Multiplier and Divisor (annex D.3.2.2.4)."""

from dataclasses import asdict, dataclass
from typing import Any

from zigpy.zcl.clusters.smartenergy import MeteringUnitofMeasure

from ..errors import GatewayError, Reason
from .attributes import Attributes
from .clusters import Metering

_A = Metering.AttributeDefs
_WATT_HOURS_PER_KWH = 1000
_UNIT, _MULTIPLIER, _DIVISOR = _A.unit_of_measure.id, _A.multiplier.id, _A.divisor.id
FORMATTING = (_UNIT, _MULTIPLIER, _DIVISOR)


@dataclass(frozen=True, slots=True)
class Scale:
    """What a raw value has to be multiplied with to be W or Wh: Multiplier over Divisor, of kW and kWh."""

    multiplier: int
    divisor: int
    told: bool = True
    """Whether the meter has attributes for it, so that it can change; one without counts in kW and kWh for ever."""

    def __call__(self, raw: int) -> float:
        """Return a raw value in W or Wh."""
        return raw * self.multiplier * _WATT_HOURS_PER_KWH / self.divisor

    @property
    def attributes(self) -> tuple[int, ...]:
        """What has to be read beside raw values to know what they count in."""
        return FORMATTING if self.told else ()

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {name: value for name, value in asdict(self).items() if name != "told"}


def scale_of(said: Attributes) -> Scale:
    """Return what the meter says that it counts in.

    An attribute that it does not have, or a zero, means one; an answer that was lost means that nobody knows:
    ``GATEWAY_SILENT``. ``NO_READINGS`` where it is not kWh.
    """
    if said.lost(FORMATTING):
        raise GatewayError(Reason.GATEWAY_SILENT, "the meter did not say what its registers count in")
    unit = said.get(_UNIT, MeteringUnitofMeasure.Kwh_and_Kwh_binary)
    if unit != MeteringUnitofMeasure.Kwh_and_Kwh_binary:
        raise GatewayError(Reason.NO_READINGS, f"the meter counts in another unit than kWh: {unit}")
    factors = [said.get(number, 1) for number in (_MULTIPLIER, _DIVISOR)]
    if not all(isinstance(factor, int) for factor in factors):
        raise GatewayError(Reason.MALFORMED, "the meter's Multiplier or Divisor is none")
    multiplier, divisor = (int(factor) or 1 for factor in factors)
    return Scale(multiplier, divisor, told=not said.unsupported >= {_MULTIPLIER, _DIVISOR})
