"""Prices of a gateway that lists more intervals than can be asked about."""

import time
from datetime import timedelta

import pytest

from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.identity import Identity
from tests.conftest import PACING, TIMEOUTS
from tests.helpers import canned

pytestmark = pytest.mark.use_case("IP-8")

QUARTER = 900
OVER, COMING = 200, 400
AT = "/tp/1/rc/1"


def interval(number: int, start: int, blocks: str) -> str:
    """Return a TimeTariffInterval of a quarter of an hour."""
    return (
        f'<TimeTariffInterval href="{AT}/tti/{number}"><mRID>{number:04}</mRID><creationTime>1790000000</creationTime>'
        "<EventStatus><currentStatus>0</currentStatus><dateTime>1790000000</dateTime>"
        "<potentiallySuperseded>false</potentiallySuperseded></EventStatus>"
        f"<interval><duration>{QUARTER}</duration><start>{start}</start></interval>"
        f'<ConsumptionTariffIntervalListLink href="{blocks}" all="1"/><touTier>0</touTier></TimeTariffInterval>'
    )


def tariff(*, shared: bool) -> dict[str, canned.Body]:
    """Return a tariff whose intervals have blocks of their own, or one list of them for all."""
    begun = int(time.time()) // QUARTER * QUARTER
    found: dict[str, canned.Body] = {
        "/dcap": '<DeviceCapability href="/dcap"><TariffProfileListLink href="/tp" all="1"/></DeviceCapability>',
        "/tp": '<TariffProfileList href="/tp" all="1" results="1"><TariffProfile href="/tp/1"><mRID>01</mRID>'
        "<currency>840</currency><pricePowerOfTenMultiplier>-3</pricePowerOfTenMultiplier><primacy>1</primacy>"
        '<RateComponentListLink href="/tp/1/rc" all="1"/><serviceCategoryKind>0</serviceCategoryKind></TariffProfile>'
        "</TariffProfileList>",
        "/tp/1/rc": f'<RateComponentList href="/tp/1/rc" all="1" results="1"><RateComponent href="{AT}">'
        f'<mRID>02</mRID><ReadingTypeLink href="{AT}/rt"/><roleFlags>00</roleFlags>'
        f'<TimeTariffIntervalListLink href="{AT}/tti" all="1"/></RateComponent></RateComponentList>',
        f"{AT}/rt": f'<ReadingType href="{AT}/rt"><flowDirection>1</flowDirection>'
        "<powerOfTenMultiplier>3</powerOfTenMultiplier><uom>72</uom></ReadingType>",
    }
    count = OVER + COMING
    hrefs = [f"{AT}/cti/{0 if shared else number}" for number in range(count)]
    listed = [interval(number, begun + (number - OVER) * QUARTER, hrefs[number]) for number in range(count)]
    found[f"{AT}/tti"] = (
        f'<TimeTariffIntervalList href="{AT}/tti" all="{count}" results="{count}">{"".join(reversed(listed))}'
        "</TimeTariffIntervalList>"
    )
    for number, href in enumerate(hrefs):
        found[href] = (
            f'<ConsumptionTariffIntervalList href="{href}" all="1" results="1"><ConsumptionTariffInterval '
            f'href="{href}/1"><consumptionBlock>0</consumptionBlock><price>{number}</price><startValue>0</startValue>'
            "</ConsumptionTariffInterval></ConsumptionTariffIntervalList>"
        )
    return found


@pytest.mark.parametrize("shared", [True, False])
async def test_those_that_come_first_are_asked_about_and_none_that_is_over(identity: Identity, shared: bool) -> None:
    with canned.serving(tariff(shared=shared)) as server:
        client = await Ieee2030_5Gateway.create(
            server.host, server.port, identity, expected_lfdi=server.lfdi, pacing=PACING, timeouts=TIMEOUTS
        )
        schedule = await client.prices()
    assert schedule is not None
    asked = [path for _, path in server.requests if "/cti/" in path]
    assert len(asked) == len(set(asked))
    assert len(asked) == (1 if shared else len(schedule.prices))
    assert len(schedule.prices) < COMING
    ends = schedule.prices[-1].end - schedule.prices[0].start
    assert ends == timedelta(seconds=QUARTER) * len(schedule.prices) >= timedelta(days=1)
    assert schedule.prices[0].start.timestamp() <= time.time()
    if not shared:
        told = [round(each.per_kwh * 1000) for each in schedule.prices]
        assert told == list(range(told[0], told[0] + len(told)))
