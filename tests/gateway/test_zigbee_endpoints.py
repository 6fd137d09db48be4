"""Services on endpoints of their own, and meters of something else than electricity."""

import asyncio
import json
from datetime import UTC, datetime

import pytest
from zigpy import types as t
from zigpy.zcl.foundation import GeneralCommand

from custom_components.utility_han.gateway.errors import GatewayError, Reason
from tests.conftest import GatewayFactory
from tests.helpers import zigbee
from tests.helpers.states import PATIENCE


@pytest.mark.use_case("IP-7", "IP-8", "IP-9")
@pytest.mark.parametrize("certified", [True, False], ids=["certified", "plain"])
async def test_each_service_is_found_on_its_own_endpoint(make_gateway: GatewayFactory, certified: bool) -> None:
    gateway = await make_gateway(zigbee=True, endpoints="several", certified=certified)
    await gateway.permit()
    link = zigbee.opened(gateway)
    assert (await link.identify()).accepts_us
    keys = [register.key for register in await link.discover_registers()]
    before = await gateway.readings()
    read = await link.read(keys)
    truth = await gateway.readings()
    assert read.values["power"] in {before["power_w"], truth["power_w"]}
    assert before["delivered_wh"] <= read.values["energy_summation_delivered"] <= truth["delivered_wh"]
    assert len(read.values) == 9
    assert link.snapshot()["endpoints"] == {
        "0": 1, "10": 1, "2048": 1, str(zigbee.METERING): 3,
        str(zigbee.PRICE): 4, str(zigbee.DRLC): 5, str(zigbee.MESSAGING): 6,
    }  # fmt: skip

    configuration = await link.configuration()
    assert {"time", "metering", "pricing", "messaging", "demand_response"} <= set(configuration.function_sets)
    assert configuration.info.model == "HAN gateway"
    prices = await link.prices()
    assert prices is not None
    assert prices.currency == "USD"
    await gateway.send("Peak today")
    assert "Peak today" in [message.text for message in await link.messages()]
    told = asyncio.Event()
    link.watch(told.set)
    lfdi, program = await zigbee.enrolled(link, gateway)
    await gateway.publish(program=2, duration=3600)
    await asyncio.wait_for(told.wait(), PATIENCE)
    assert len(await link.controls([program])) == 1
    assert (await gateway.network())["device_classes"] == {lfdi: zigbee.POOL_PUMP}, "its endpoint is answered"
    await link.close()


@pytest.mark.use_case("IP-9")
async def test_gas_is_not_shown_as_electricity(make_gateway: GatewayFactory) -> None:
    gateway = await make_gateway(zigbee=True, endpoints="several", reporting=True, poll_rate=1)
    await gateway.permit()
    link = zigbee.opened(gateway)
    await link.identify()
    await link.discover_registers()
    await link.configuration()
    report = zigbee.attributes(GeneralCommand.Report_Attributes, {0x0000: t.uint48_t(7_654_321)})
    await gateway.frame(zigbee.METERING, report, secured=True, source=2)
    await zigbee.until(lambda: link.statistics()["dropped"] == {"other_endpoint": {"0702": 1}})
    truth = await gateway.readings()
    read = await link.read(["energy_summation_delivered"])
    assert read.values["energy_summation_delivered"] == pytest.approx(truth["delivered_wh"], abs=20)
    await link.close()

    of_gas = await make_gateway(zigbee=True, endpoints="gas")
    await of_gas.permit()
    link = zigbee.opened(of_gas)
    assert (await link.identify()).accepts_us
    with pytest.raises(GatewayError) as caught:
        await link.discover_registers()
    assert caught.value.reason is Reason.NO_READINGS
    await link.close()


@pytest.mark.use_case("IP-7", "IP-8")
async def test_meter_without_metering_is_what_it_offers(make_gateway: GatewayFactory) -> None:
    gateway = await make_gateway(zigbee=True, endpoints="unmetered")
    await gateway.permit()
    link = zigbee.opened(gateway)
    assert (await link.identify()).accepts_us
    assert await link.discover_registers() == ()
    configuration = await link.configuration()
    assert set(configuration.function_sets) == {
        "time", "pricing", "messaging", "demand_response", "key_establishment",
    }  # fmt: skip
    assert configuration.poll_interval is None
    assert await link.prices() is not None
    lfdi, program = await zigbee.enrolled(link, gateway)
    await gateway.publish(program=2, duration=3600)
    assert (await zigbee.until(lambda: link.snapshot()["clients"])) is not None
    assert len(await link.controls([program])) == 1
    assert (await gateway.network())["device_classes"] == {lfdi: zigbee.POOL_PUMP}

    # It is asked whether it is there all the same, and not for its services each time.
    await gateway.clear_log()
    assert (await link.read([])).values == {}
    asked = [request["path"] for request in (await gateway.log())["requests"]]
    assert asked == ["/zcl/000A/general/00"]
    assert await link.intervals("delivered", datetime.now(UTC)) == []
    assert (await link.self_report()).battery is None
    kept = json.loads(json.dumps(link.snapshot()))
    await link.close()
    again = zigbee.opened(gateway, known=True)
    again.restore(kept)
    await gateway.fault("silence")
    with pytest.raises(GatewayError) as caught:
        await again.read([])
    assert caught.value.reason is Reason.GATEWAY_SILENT
    await again.close()


async def test_endpoints_are_kept_over_a_restart(make_gateway: GatewayFactory) -> None:
    gateway = await make_gateway(zigbee=True, endpoints="several")
    await gateway.permit()
    link = zigbee.opened(gateway)
    await link.identify()
    await link.discover_registers()
    kept = json.loads(json.dumps(link.snapshot()))
    await link.close()

    again = zigbee.opened(gateway, known=True)
    again.restore(kept)
    assert (await again.read(["power"])).values
    assert await again.prices() is not None
    await again.close()


async def test_snapshot_of_the_first_version_is_taken_up(make_gateway: GatewayFactory) -> None:
    gateway = await make_gateway(zigbee=True)
    await gateway.permit()
    link = zigbee.opened(gateway)
    await link.identify()
    await link.discover_registers()
    kept = json.loads(json.dumps(link.snapshot()))
    await link.close()
    kept |= {"clusters": sorted(int(cluster) for cluster in kept.pop("endpoints")), "meter_endpoint": 1}

    again = zigbee.opened(gateway, known=True)
    again.restore(kept)
    assert (await again.read(["power"])).values
    assert await again.prices() is not None
    await again.close()


@pytest.mark.parametrize("clusters", [5, None, [[1794]]])
async def test_snapshot_of_the_first_version_that_is_damaged_has_the_meter_asked_anew(
    make_gateway: GatewayFactory, clusters: object
) -> None:
    gateway = await make_gateway(zigbee=True)
    link = zigbee.opened(gateway, known=True)
    link.restore({"network": link.snapshot()["network"], "clusters": clusters, "meter_endpoint": 1})
    assert not link.known_registers()
    await link.close()
