"""Completed intervals of a meter that gives a few at once."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from zigpy import types as t
from zigpy.zcl.foundation import GeneralCommand, ReadAttributeRecord, Status, TypeValue, ZCLHeader

from custom_components.utility_han.gateway.zigbee.clusters import Metering
from custom_components.utility_han.gateway.zigbee.metering import intervals
from custom_components.utility_han.gateway.zigbee.scale import Scale
from custom_components.utility_han.gateway.zigbee.times import utc_time
from tests.helpers.said_meter import SaidMeter, from_meter, impatient

pytestmark = pytest.mark.use_case("IP-8")

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MORE_THAN_CAN_BE_RETURNED = 0x04
_PROFILE = Metering.ServerCommandDefs.get_profile


class Profiled:
    """A meter with intervals of half an hour: it gives at most ``most`` at once, and none to who wants more."""

    def __init__(self, most: int, *, tells: bool = True) -> None:
        self.most = most
        self.tells = tells
        self.meter = SaidMeter(self._answer)

    def _answer(self, _cluster: int, asked: bytes) -> list[bytes]:
        header, payload = ZCLHeader.deserialize(asked)
        if header.frame_control.frame_type == 0:
            return [from_meter(header.tsn, GeneralCommand.Read_Attributes_rsp, self._told(), general=True)]
        wanted, _ = _PROFILE.schema.deserialize(payload)
        end = int(wanted.end_time) or utc_time(NOON)
        refused = wanted.periods > self.most
        count = 0 if refused else int(wanted.periods)
        head = Metering.ClientCommandDefs.get_profile_response.schema(
            end_time=end,
            status=MORE_THAN_CAN_BE_RETURNED if refused else 0,
            interval_period=2,
            periods=count,
            intervals=t.Bytes(b"".join(t.uint24_t(250).serialize() for _ in range(count))),
        )
        return [from_meter(header.tsn, 0, head.serialize())]

    def _told(self) -> bytes:
        number = Metering.AttributeDefs.max_number_of_periods_delivered.id
        if not self.tells:
            return bytes(ReadAttributeRecord(number, Status.UNSUPPORTED_ATTRIBUTE).serialize())
        return bytes(ReadAttributeRecord(number, Status.SUCCESS, TypeValue(0x20, t.uint8_t(self.most))).serialize())


@pytest.mark.parametrize(("most", "tells"), [(5, True), (24, False), (200, True), (24, True)])
async def test_no_more_are_asked_for_at_once_than_the_meter_gives(most: int, tells: bool) -> None:
    meter = Profiled(most, tells=tells).meter
    with impatient():
        found = await intervals(meter.messenger, Scale(1, 1000), "delivered", NOON - timedelta(days=1))
    assert (found[0].start, found[-1].end, len(found)) == (NOON - timedelta(days=1), NOON, 48)
    assert all(one.end == following.start for one, following in pairwise(found))
    assert {each.energy for each in found} == {250.0}
    assert meter.well
