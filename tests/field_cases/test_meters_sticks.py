"""Sticks as they are in the field: meters.yaml, the id of each case in the name.

The stick is scripted (tests/helpers/stick.py), the way to it is aioraven's own. What is right is from Rainforest's
"RAVEn XML API Manual" 1.27 and "EAGLE Uploader API Manual".
"""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.zigbee.raven import RavenGateway
from custom_components.utility_han.procedures import CommissioningRun, Method, Outcome, Step, commission
from tests.helpers.stick import METER, UNKNOWN, fragment, meter_info, plugged_in

pytestmark = pytest.mark.use_case("IP-8")

CASES = {case["id"]: case for case in yaml.safe_load((Path(__file__).parent / "meters.yaml").read_text())}
DELIVERED = "energy_summation_delivered"

type Opened = Callable[[dict[str, str]], AbstractAsyncContextManager[RavenGateway]]


def test_every_case_has_its_test() -> None:
    names = "\n".join(name for name in globals() if name.startswith("test_"))
    for number, case in CASES.items():
        if case["where"] == "RAVEn":
            assert re.search(rf"_{number.lower()}_", names), case


@asynccontextmanager
async def stick(said: dict[str, str]) -> AsyncIterator[RavenGateway]:
    """A client of a stick that says this."""
    async with plugged_in(said) as script:
        gateway = RavenGateway(script.url, None)
        yield gateway
        await gateway.close()


def demand(value: str, *, multiplier: str = "0x00000001", divisor: str) -> dict[str, str]:
    """What a stick says of power."""
    elements = f"<Demand>{value}</Demand><Multiplier>{multiplier}</Multiplier><Divisor>{divisor}</Divisor>"
    return {"get_instantaneous_demand": fragment("InstantaneousDemand", elements)}


def summation(value: str, *, multiplier: str = "0x00000001", divisor: str) -> dict[str, str]:
    """What a stick says of energy."""
    elements = (
        f"<SummationDelivered>{value}</SummationDelivered><SummationReceived>0x00000000</SummationReceived>"
        f"<Multiplier>{multiplier}</Multiplier><Divisor>{divisor}</Divisor><DigitsRight>0x01</DigitsRight>"
    )
    return {"get_current_summation_delivered": fragment("CurrentSummationDelivered", elements)}


def price(elements: str) -> dict[str, str]:
    """What a stick says of the price."""
    return {"get_current_price": fragment("PriceCluster", elements)}


async def commissioned(gateway: RavenGateway) -> dict[Step, Any]:
    """Commission on a stick; return what was found, by step."""
    run = CommissioningRun(Method.OUT_OF_BAND, 1 << 14)

    async def save(_run: CommissioningRun) -> None:
        """Nothing is lost here."""

    found: dict[Step, Any] = {}
    async for result in commission(gateway, run, save):
        if result.outcome is not Outcome.RUNNING:
            found[result.step] = result
    return found


@pytest.mark.parametrize(
    ("value", "divisor", "watts"),
    [
        ("0xfffc18", "0x000003e8", -1000),
        ("0xfe7960", "0x000186a0", -1000),
        ("0xfffffc18", "0x000003e8", -1000),
        ("0x00fffc18", "0x000003e8", -1000),
        ("0xfffffffffffffc18", "0x000003e8", -1000),
        ("0x00000000000001eb", "0x000003e8", 491),
        ("0x7fffff", "0x000003e8", 8_388_607),
        ("0xfff811", "0x000003e8", -2031),
    ],
)
async def test_m6_demand_has_24_bits_and_a_sign(value: str, divisor: str, watts: float) -> None:
    async with stick(demand(value, divisor=divisor)) as gateway:
        assert (await gateway.read(["power"])).values == {"power": watts}


@pytest.mark.parametrize("value", ["0x800000", "0x00800000", "0xff800000", "0x80000000"])
async def test_m6_demand_that_is_not_available_is_no_power(value: str) -> None:
    async with stick(demand(value, divisor="0x000003e8")) as gateway:
        read = await gateway.read(["power"])
        assert not read.values
        assert read.failed == {"power"}


@pytest.mark.parametrize(
    ("scale", "kilo"),
    [
        ({"divisor": "0x00000000"}, 1000),
        ({"divisor": "0x000003e8", "multiplier": "0x00000000"}, 1),
        ({"divisor": "0x00000000", "multiplier": "0x00000000"}, 1000),
        ({"divisor": "0x00000064", "multiplier": "0x00000002"}, 20),
    ],
)
async def test_m7_zero_means_one(scale: dict[str, str], kilo: float) -> None:
    async with stick(demand("0x000005", **scale) | summation("0x0000000000002710", **scale)) as gateway:
        read = await gateway.read(["power", DELIVERED])
        assert read.values == {"power": 5 * kilo, DELIVERED: 10_000 * kilo}


async def test_m7_what_is_said_of_no_scale_is_no_value() -> None:
    async with stick(demand("0x000005", divisor="0xffffff")) as gateway:
        assert (await gateway.read(["power"])).failed == {"power"}


@pytest.mark.parametrize(
    "elements",
    [
        "<Price>0xffffffff</Price><Currency>0xFFFF</Currency><TrailingDigits>0x0f</TrailingDigits>",
        "<Price>0xffffffff</Price><Currency>0x0348</Currency><TrailingDigits>0x02</TrailingDigits>",
        "<Price>0xffffffff</Price><Currency>0xFFFF</Currency><TrailingDigits>0xFF</TrailingDigits>",
        "<Price>0x00000018</Price><Currency>0x0348</Currency><TrailingDigits>0xFF</TrailingDigits>",
        "<Price>0x00000000</Price><TrailingDigits>0x02</TrailingDigits><Tier>0x01</Tier>",
        # Said by an EAGLE whose price nobody had set.
        "<Price>0x00000000</Price><Currency>0x0348</Currency><TrailingDigits>0x04</TrailingDigits><Tier>0x00</Tier>"
        "<RateLabel></RateLabel>",
        "",
    ],
)
async def test_m8_price_without_sense_is_none(elements: str) -> None:
    async with stick(price(elements)) as gateway:
        assert await gateway.prices() is None


@pytest.mark.parametrize(
    ("elements", "per_kwh", "currency"),
    [
        (
            "<Price>0x0000025b</Price><Currency>0x0348</Currency><TrailingDigits>0x04</TrailingDigits>",
            0.0603,
            "USD",
        ),
        ("<Price>0x000000c8</Price><Currency>0x7777</Currency><TrailingDigits>0x03</TrailingDigits>", 0.2, None),
        ("<Price>0x00000000</Price><Currency>0x0348</Currency><TierLabel>Free nights</TierLabel>", 0.0, "USD"),
    ],
)
async def test_m8_price_that_is_one_is_told(elements: str, per_kwh: float, currency: str | None) -> None:
    async with stick(price(elements)) as gateway:
        told = await gateway.prices()
        assert told is not None
        assert (told.prices[0].per_kwh, told.currency) == (per_kwh, currency)


@pytest.mark.parametrize("value", ["0x0000ffffffffffff", "0xffffffff", "0xffffffffffffffff"])
async def test_m9_summation_that_is_not_available_is_none(value: str) -> None:
    async with stick(summation(value, divisor="0x00002710")) as gateway:
        read = await gateway.read([DELIVERED])
        assert not read.values
        assert read.failed == {DELIVERED}


async def test_m9_summation_has_48_bits_and_all_its_digits() -> None:
    async with stick(summation("0x0000000080000010", divisor="0x00002710")) as gateway:
        assert (await gateway.read([DELIVERED])).values == {DELIVERED: 214_748_366.4}


@pytest.mark.use_case("IP-7", "IP-8", "IP-10")
@pytest.mark.parametrize(
    "said",
    [
        UNKNOWN,
        fragment("MessageCluster", "<Id>0x02468ACE</Id><Text>Hello, World!</Text><Queue>Withdrawn</Queue>"),
    ],
    ids=["unknown command", "unknown word"],
)
async def test_m14_stick_without_messages_is_commissioned(said: str) -> None:
    async with stick({"get_message": said}) as gateway:
        found = await commissioned(gateway)
        assert found[Step.IP_11].outcome is Outcome.NOT_OFFERED
        evidence = found[Step.IP_8].evidence
        assert "messaging" not in evidence["function_sets"]
        assert {"metering", "pricing", "time"} <= set(evidence["function_sets"])
        assert (await gateway.read(["power"])).values == {"power": 5944}


async def test_m14_what_the_firmware_has_no_command_for_is_asked_once() -> None:
    unknown = {"get_message": UNKNOWN, "get_time": UNKNOWN, "get_current_price": UNKNOWN}
    async with plugged_in(unknown) as script:
        gateway = RavenGateway(script.url, None)
        for _ in range(2):
            assert (await gateway.messages(), await gateway.prices()) == ([], None)
        assert (await gateway.configuration()).function_sets == ("metering",)
        commands = [command for command, _ in script.asked]
        assert {command: commands.count(command) for command in unknown} == dict.fromkeys(unknown, 2)
        await gateway.close()


@pytest.mark.use_case("IP-7")
@pytest.mark.parametrize("kind", ["gas", "water", "other", "0x0001", "steam"])
async def test_m10_stick_at_a_meter_of_something_else_reads_nothing(kind: str) -> None:
    async with stick({"get_meter_info": meter_info(kind)}) as gateway:
        with pytest.raises(GatewayError) as caught:
            await gateway.discover_registers()
        assert caught.value.reason is Reason.NO_READINGS


@pytest.mark.use_case("IP-7")
@pytest.mark.parametrize(
    "said",
    [
        meter_info("electric"),
        meter_info("0x0000"),
        meter_info("Electric"),
        # Said by an EAGLE.
        fragment("MeterInfo", "<Type>0x0000</Type><Nickname></Nickname><Account></Account><Enabled>0x00</Enabled>"),
        UNKNOWN,
    ],
)
async def test_m10_meter_of_electricity_is_known_however_it_is_written(said: str) -> None:
    async with stick({"get_meter_info": said}) as gateway:
        assert len(await gateway.discover_registers()) == 3
        assert gateway.meters.read == METER
