"""Meters on a Zigbee network as they are in the field: meters.yaml, the id of each case in the name.

What is right is from Zigbee Smart Energy 1.4, annex D.3, whose attributes zigpy lists.
"""

import re
from pathlib import Path
from typing import Any, cast
from unittest.mock import create_autospec

import pytest
import yaml
from homeassistant.core import HomeAssistant
from zigpy import types as t
from zigpy.exceptions import NetworkNotFormed
from zigpy.zcl.foundation import GeneralCommand, ReadAttributeRecord, Status

from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.zigbee import metering
from custom_components.utility_han.gateway.zigbee.attributes import Attributes
from custom_components.utility_han.gateway.zigbee.client import EzspGateway
from custom_components.utility_han.gateway.zigbee.clusters import Metering, PriceCluster
from custom_components.utility_han.gateway.zigbee.messenger import Messenger
from custom_components.utility_han.gateway.zigbee.pricing import read_prices
from custom_components.utility_han.gateway.zigbee.radio import Radio
from custom_components.utility_han.gateway.zigbee.scale import FORMATTING, scale_of
from simulator.zigbee.zcl import type_value
from tests.component.conftest import over_zigbee
from tests.conftest import GatewayFactory, SimulatedGateway
from tests.helpers import flows, zigbee
from tests.helpers.states import state_of, until

pytestmark = pytest.mark.use_case("IP-8")

CASES = {case["id"]: case for case in yaml.safe_load((Path(__file__).parent / "meters.yaml").read_text())}
DELIVERED = "energy_summation_delivered"


def test_every_case_has_its_test() -> None:
    names = "\n".join(name for name in globals() if name.startswith("test_"))
    for number, case in CASES.items():
        if case["where"].startswith("Zigbee"):
            assert re.search(rf"_{number.lower()}_", names), case


async def joined(gateway: SimulatedGateway) -> EzspGateway:
    """A client of the gateway's radio that knows the meter's registers."""
    await gateway.permit()
    link = zigbee.opened(gateway)
    assert (await link.identify()).accepts_us
    await link.discover_registers()
    await link.configuration()
    return link


@pytest.fixture(params=[False, True], ids=["polled", "reporting"])
async def metered(make_gateway: GatewayFactory, request: pytest.FixtureRequest) -> SimulatedGateway:
    """A meter that is asked for its values, or tells them by itself."""
    return await make_gateway(zigbee=True, reporting=request.param, poll_rate=1)


async def heard_more(link: EzspGateway, gateway: SimulatedGateway) -> float:
    """Wait until the meter told all of its values by itself, where it does; return what the power was before."""
    power = float((await gateway.readings())["power_w"])
    if link.statistics()["reports"]:
        heard = link.statistics()["received"]
        await until(lambda: link.statistics()["received"] >= heard + 2)  # the values do not fit one frame
    return power


async def keeps_its_size(link: EzspGateway, gateway: SimulatedGateway, *powers: float) -> None:
    """What is read is the truth behind the meter's registers, now or with what it was a moment ago."""
    before = await gateway.readings()
    read = await link.read(["power", DELIVERED])
    truth = await gateway.readings()
    assert read.values[DELIVERED] == pytest.approx(truth["delivered_wh"], abs=20)
    assert read.values["power"] in {*powers, before["power_w"], truth["power_w"]}


@pytest.mark.parametrize(("divisor", "energy", "power"), [(1000, 10_500_911, 1_500), (10_000, 105_009_110, 15_000)])
def test_m3_raw_values_count_in_what_the_meter_says(divisor: int, energy: int, power: int) -> None:
    scale = scale_of(Attributes(dict(zip(FORMATTING, (0, 1, divisor), strict=True))))
    raw = Attributes({0x0000: energy, 0x0400: power})
    values = metering.values(metering.sources(raw), scale, raw)
    assert values == {DELIVERED: 10_500_911, "power": 1500}


@pytest.mark.parametrize("scale", [{"divisor": 10_000}, {"divisor": 100_000, "multiplier": 10}, {"divisor": 10**6}])
async def test_m3_scale_that_changes_keeps_values_at_their_size(
    metered: SimulatedGateway, scale: dict[str, int]
) -> None:
    link = await joined(metered)
    power = await heard_more(link, metered)
    await keeps_its_size(link, metered, power)
    power = await heard_more(link, metered)
    await metered.fault("other_scale", **scale)  # what was told before counts in the old one
    await keeps_its_size(link, metered, power)
    power = await heard_more(link, metered)
    await keeps_its_size(link, metered, power)
    await metered.mend()
    await keeps_its_size(link, metered, power)
    await link.close()


async def test_m3_what_is_lost_of_the_scale_is_not_taken_for_one(make_gateway: GatewayFactory) -> None:
    gateway = await make_gateway(zigbee=True)
    await gateway.permit()
    link = zigbee.opened(gateway)
    await link.identify()
    await gateway.fault("lost_attributes")
    with pytest.raises(GatewayError) as caught:
        await link.discover_registers()
    assert caught.value.reason is Reason.GATEWAY_SILENT
    await gateway.mend()
    await link.discover_registers()
    await gateway.fault("lost_attributes")
    with pytest.raises(GatewayError) as caught:
        await link.read([DELIVERED])
    assert caught.value.reason is Reason.GATEWAY_SILENT
    await gateway.fault("lost_attributes", count=1)
    await keeps_its_size(link, gateway)  # it is asked for what was left out
    await link.close()


async def test_register_that_got_lost_is_not_one_that_the_meter_lacks(make_gateway: GatewayFactory) -> None:
    gateway = await make_gateway(zigbee=True)
    link = await joined(gateway)
    known = {register.key for register in link.known_registers()}
    await gateway.fault("lost_attributes", first=0x0001, last=0x01FF)
    assert {register.key for register in await link.discover_registers()} == known
    read = await link.read(known)
    assert read.values.keys() == {"power", DELIVERED}
    await gateway.mend()
    assert (await link.read(known)).values.keys() == known
    await gateway.fault("empty_reading")
    with pytest.raises(GatewayError) as caught:
        await link.discover_registers()
    assert caught.value.reason is Reason.NO_READINGS
    await link.close()


async def test_values_marked_as_none_are_left_out(make_gateway: GatewayFactory) -> None:
    gateway = await make_gateway(zigbee=True)
    link = await joined(gateway)
    none = {0x0000: t.uint48_t(2**48 - 1), 0x0400: t.int24s(-(2**23))}
    formatting = {0x0300: t.enum8(0), 0x0301: t.uint24_t(1), 0x0302: t.uint24_t(1000)}
    await gateway.frame(
        zigbee.METERING, zigbee.attributes(GeneralCommand.Report_Attributes, none | formatting), secured=True
    )
    await zigbee.until(lambda: link._registers._reports._told)
    read = await link.read(["power", DELIVERED])
    assert not read.values
    assert read.failed == {"power", DELIVERED}
    await link.close()


@pytest.mark.parametrize(
    ("told", "serial"),
    [
        (t.LVBytes(b"GE 12345678"), "GE 12345678"),
        (t.LVBytes(b"2100 77\0\0\0"), "2100 77"),  # filled up, as firmware written in C does
        (t.LVBytes(b"Z\xc3\xa4hler 7"), "Zähler 7"),
        (t.LVBytes(b"\xfe\x01\x02\x03"), None),  # bytes that are no text
        (t.LVBytes(b"  "), None),
        (t.uint32_t(77), None),
        (None, None),  # most meters do not have it
    ],
)
async def test_serial_number_is_what_the_meter_tells_as_text(told: Any, serial: str | None) -> None:
    asked = Attributes()
    number = Metering.AttributeDefs.meter_serial_number.id
    record = ReadAttributeRecord(
        number, Status.UNSUPPORTED_ATTRIBUTE if told is None else Status.SUCCESS, told and type_value(told)
    )
    asked.take(Metering, [record])
    messenger = create_autospec(Messenger, instance=True)
    messenger.read.return_value = asked
    assert await metering.serial_number(messenger) == serial


class Publisher:
    """Answers with the prices that a meter publishes, whatever is asked."""

    def __init__(self, *prices: dict[str, int]) -> None:
        base = {
            "provider_id": 1, "rate_label": t.LVBytes(b""), "issuer_event_id": 1, "current_time": 0,
            "unit_of_measure": 0, "currency": 840, "trailing_digit_and_tier": 0x31,
            "tiers_and_register_tier": 0, "start_time": 820_000_000, "duration_minutes": 60, "price": 214,
        }  # fmt: skip
        command = PriceCluster.ClientCommandDefs.publish_price
        self._published = [command.schema(**(base | each)) for each in prices]

    async def ask_for_all(self, *_command: Any, **_fields: Any) -> tuple[list[Any], bool]:
        """Ask the meter, which says all that it has."""
        return self._published, True


@pytest.mark.parametrize(
    "said", [{"price": 0xFFFFFFFF}, {"start_time": 0xFFFFFFFF}, {"price": 0, "currency": 0}, {"unit_of_measure": 1}]
)
async def test_price_without_sense_is_none(said: dict[str, int]) -> None:
    assert await read_prices(cast("Messenger", Publisher(said))) is None
    schedule = await read_prices(cast("Messenger", Publisher(said, {"issuer_event_id": 2, "price": 0})))
    assert schedule is not None
    assert [price.per_kwh for price in schedule.prices] == [0.0]


@pytest.mark.parametrize("err", [NetworkNotFormed("no key"), AssertionError(), Exception(3)])
def test_what_the_library_raises_is_a_radio_that_does_not_answer(err: Exception) -> None:
    radio = Radio("socket://nowhere")
    with pytest.raises(GatewayError) as caught, radio.errors():
        raise err
    assert caught.value.reason is Reason.RADIO_GONE
    with pytest.raises(NameError), radio.errors():
        raise NameError("ours")


@pytest.mark.use_case("IP-7", "IP-10")
async def test_m10_meter_of_gas_alone_is_told_when_commissioning(
    hass: HomeAssistant, make_gateway: GatewayFactory
) -> None:
    """Beside electricity: tests/gateway/test_zigbee_endpoints.py."""
    result = await over_zigbee(hass, await make_gateway(zigbee=True, endpoints="gas"))
    assert flows.failure(result) == "no_readings"
    hass.config_entries.flow.async_abort(result["flow_id"])


@pytest.mark.use_case("IP-7", "IP-10")
async def test_m10_electricity_is_read_beside_gas(hass: HomeAssistant, make_gateway: GatewayFactory) -> None:
    gateway = await make_gateway(zigbee=True, endpoints="several")
    entry = (await flows.finish(hass, await over_zigbee(hass, gateway)))["result"]
    await hass.async_block_till_done(wait_background_tasks=True)
    truth = await gateway.readings()
    energy = float(state_of(hass, entry, DELIVERED).state)
    assert energy == pytest.approx(truth["delivered_wh"] / 1000, abs=0.1)
