"""Tariffs of which a part cannot be used: the rest has its prices, and what is no price is none."""

from typing import Any

import pytest

from custom_components.utility_han.esi import PriceSchedule
from tests.field_cases.test_servers import tariff, utility_server
from tests.gateway.conftest import Connect
from tests.helpers import canned

EMS = 1 << 14
FIRST = "/tp/1/rc/1"
GOOD = {"1": (1, 900), "2": (1, 300)}


async def read(connect: Connect, resources: dict[str, canned.Body]) -> PriceSchedule | None:
    """Read the prices that are served."""
    offered = utility_server(before='<TariffProfileListLink href="/tp" all="1"/>')
    with canned.serving(offered | resources) as server:
        meter: Any = server
        client = await connect(meter)
        await client.announce(EMS)
        return await client.prices()


def changed(path: str, before: str, after: str) -> dict[str, canned.Body]:
    """Return a tariff of two components of one direction, with something of the first otherwise."""
    resources = tariff("/tp", GOOD)
    served = resources[path]
    assert isinstance(served, str)
    assert before in served
    return resources | {path: served.replace(before, after)}


def without(path: str) -> dict[str, canned.Body]:
    """Return it without a resource."""
    return {at: served for at, served in tariff("/tp", GOOD).items() if at != path}


@pytest.mark.parametrize(
    ("resources", "per_kwh"),
    [
        (tariff("/tp", GOOD), 0.9),
        (without(f"{FIRST}/rt"), 0.3),
        (changed(f"{FIRST}/rt", "<uom>72</uom>", "<uom>119</uom>"), 0.3),
        (changed(f"{FIRST}/tti", "<currentStatus>1<", "<currentStatus>2<"), 0.3),
        (changed(f"{FIRST}/cti", "<price>900</price>", ""), 0.3),
    ],
    ids=["first", "no reading type", "gas", "cancelled", "no price"],
)
async def test_first_component_that_has_prices_counts(
    connect: Connect, resources: dict[str, canned.Body], per_kwh: float
) -> None:
    schedule = await read(connect, resources)
    assert schedule is not None
    assert [price.per_kwh for price in schedule.prices] == [pytest.approx(per_kwh)]
    assert schedule.currency == "EUR"


async def test_tariff_of_something_else_is_none(connect: Connect) -> None:
    """ServiceKind 1 is gas (sep.xsd)."""
    electricity, gas = (f"<serviceCategoryKind>{kind}</serviceCategoryKind>" for kind in (0, 1))
    assert await read(connect, changed("/tp", electricity, gas)) is None
