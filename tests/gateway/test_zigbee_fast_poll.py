"""A meter that offers to hurry (fast polling, annex D.3.3.1.4), and does not answer when it is asked to."""

from zigpy.types import uint8_t, uint24_t, uint48_t
from zigpy.zcl.foundation import DataType, GeneralCommand, ReadAttributeRecord, Status, TypeValue, ZCLHeader

from custom_components.utility_han.gateway.zigbee.clusters import Metering
from custom_components.utility_han.gateway.zigbee.registers import MeterRegisters
from tests.helpers.said_meter import SaidMeter, from_meter, impatient

_A = Metering.AttributeDefs
VALUES = {
    _A.current_summ_delivered.id: uint48_t(5_000),
    _A.default_update_period.id: uint8_t(30),
    _A.fast_poll_update_period.id: uint8_t(5),
    _A.multiplier.id: uint24_t(1),
    _A.divisor.id: uint24_t(1000),
}


class Meter:
    """Answers what it is read, and nothing else."""

    def __init__(self) -> None:
        self.hurried = 0
        self.said = SaidMeter(self._answer)

    def _answer(self, _cluster: int, asked: bytes) -> list[bytes]:
        header, payload = ZCLHeader.deserialize(asked)
        if not header.frame_control.is_general:
            self.hurried += 1
            return []
        if header.command_id != GeneralCommand.Read_Attributes:
            refused = bytes([header.command_id, Status.UNSUP_GENERAL_COMMAND])
            return [from_meter(header.tsn, GeneralCommand.Default_Response, refused, general=True)]
        numbers = [int.from_bytes(payload[at : at + 2], "little") for at in range(0, len(payload), 2)]
        records = b"".join(_record(number) for number in numbers)
        return [from_meter(header.tsn, GeneralCommand.Read_Attributes_rsp, records, general=True)]


def _record(number: int) -> bytes:
    if (value := VALUES.get(number)) is None:
        return bytes(ReadAttributeRecord(number, Status.UNSUPPORTED_ATTRIBUTE).serialize())
    typed = TypeValue(DataType.from_python_type(type(value)).type_id, value)
    return bytes(ReadAttributeRecord(number, Status.SUCCESS, typed).serialize())


async def test_meter_that_does_not_hurry_is_read_all_the_same() -> None:
    meter = Meter()
    registers = MeterRegisters(meter.said.messenger)
    with impatient():
        await registers.discover(offered=True)
        await registers.configure()
        for _ in range(3):
            assert await registers.read(["energy_summation_delivered"]) == {"energy_summation_delivered": 5_000.0}
    assert meter.hurried == 2, "asked for once, and once more when no answer came"
    assert registers.statistics()["update_seconds"] == 30
