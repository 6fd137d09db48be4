"""Tiers have the tariff's names where the gateway tells them, over either transport."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from zigpy.zcl.foundation import GeneralCommand, ZCLHeader

from custom_components.utility_han.esi import Price, PriceSchedule
from custom_components.utility_han.gateway.zigbee.pricing import with_tier_names
from custom_components.utility_han.hub.prices.tiers import telling_apart, tier_names
from tests.component.conftest import Commission
from tests.conftest import SimulatedGateway
from tests.field_cases.test_servers import finished, in_band, tariff, utility_server
from tests.helpers import canned
from tests.helpers.said_meter import SaidMeter, from_meter, impatient
from tests.helpers.states import entity_id_of

NOW = datetime.now(UTC).replace(microsecond=0)
OCTETS, SUCCESS, UNSUPPORTED = 0x41, 0x00, 0x86


def prices(*told: tuple[int, str | None]) -> tuple[Price, ...]:
    """Return prices of tiers, each an hour."""
    starts = [NOW + timedelta(hours=hour) for hour in range(len(told) + 1)]
    return tuple(Price(starts[number], starts[number + 1], 0.1, *each) for number, each in enumerate(told))


@pytest.mark.parametrize(
    ("told", "known", "names"),
    [
        ([(1, "Off-peak"), (2, "Peak"), (1, "Off-peak")], {}, {"1": "Off-peak", "2": "Peak"}),
        ([(1, " Off\tpeak\n")], {}, {"1": "Off peak"}),
        ([(1, None), (0, "Nothing"), (2, " ")], {"1": "Night"}, {"1": "Night"}),
        ([(1, "Cheap")], {"1": "Night", "2": "Day"}, {"1": "Cheap", "2": "Day"}),
        # It names the day, or the tariff, and not the tier.
        ([(1, "Monday"), (1, "Tuesday"), (2, "Peak")], {}, {"2": "Peak"}),
        ([(1, "Residential"), (2, "residential")], {}, {}),
        ([(2, "Night")], {"1": "Night"}, {}),
    ],
)
def test_names_are_taken_where_they_tell_tiers_apart(
    told: Sequence[tuple[int, str | None]], known: dict[str, str], names: dict[str, str]
) -> None:
    assert telling_apart(tier_names(prices(*told), known)) == names


def test_name_that_all_tiers_have_in_turn_is_shown_of_none() -> None:
    known: Mapping[str, str] = {}
    shown = []
    for tier in (1, 2, 1, 2):  # as sticks tell it: the one that holds now
        known = tier_names(prices((tier, "Residential")), known)
        shown.append(telling_apart(known))
    assert shown == [{"1": "Residential"}, {}, {}, {}]


@pytest.mark.use_case("IP-8")
async def test_registers_of_tiers_are_named_as_the_tariff_names_them(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    registry = er.async_get(hass)

    def name(tier: int) -> str | None:
        found = registry.async_get(entity_id_of(hass, entry, f"energy_tou_summation_delivered_tier_{tier}"))
        return found.original_name if found else None

    assert [name(1), name(2)] == ["From the grid tier 1", "From the grid tier 2"]
    coordinator = entry.runtime_data.coordinator
    coordinator.data.prices = PriceSchedule("USD", prices((1, "Off-peak"), (2, "Peak")))
    coordinator.polled.tell(True)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert [name(1), name(2), name(3)] == ["From the grid, Off-peak", "From the grid, Peak", "From the grid tier 3"]
    # They are known from then on.
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert entry.runtime_data.link.tiers == {"1": "Off-peak", "2": "Peak"}


@pytest.mark.use_case("IP-8")
async def test_interval_of_a_tariff_names_its_tier(hass: HomeAssistant) -> None:
    resources = utility_server(before='<TariffProfileListLink href="/tp" all="1"/>') | tariff("/tp", {"1": (1, 300)})
    interval = resources["/tp/1/rc/1/tti"]
    assert isinstance(interval, str)
    named = interval.replace("<mRID>0C01</mRID>", "<mRID>0C01</mRID><description>Peak</description>")
    assert named != interval
    resources["/tp/1/rc/1/tti"] = named.replace("<touTier>0</touTier>", "<touTier>2</touTier>")
    with canned.serving(resources) as server:
        entry = await finished(hass, await in_band(hass, server.host, server.port))
        await entry.runtime_data.coordinator.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)
        assert entry.runtime_data.link.tiers == {"2": "Peak"}
        await hass.config_entries.async_unload(entry.entry_id)


def labels(_cluster: int, asked: bytes) -> list[bytes]:
    """Answer as a meter that has a label for tier 1, and none for others."""
    header, payload = ZCLHeader.deserialize(asked)
    found = b""
    for at in range(0, len(payload), 2):
        number = payload[at : at + 2]
        label = b"Off-peak\0"
        has = number == b"\0\0"
        found += number + (bytes([SUCCESS, OCTETS, len(label)]) + label if has else bytes([UNSUPPORTED]))
    return [from_meter(header.tsn, GeneralCommand.Read_Attributes_rsp, found, general=True)]


@pytest.mark.use_case("IP-8")
async def test_meter_over_zigbee_labels_its_tiers_and_is_asked_once() -> None:
    asked: list[bytes] = []
    known: dict[int, str | None] = {}

    def answer(cluster: int, question: bytes) -> list[bytes]:
        asked.append(question)
        return labels(cluster, question)

    meter = SaidMeter(answer)
    for _ in range(2):
        found = await with_tier_names(meter.messenger, PriceSchedule("USD", prices((1, None), (2, None))), known)
        assert [each.tier_name for each in found.prices] == ["Off-peak", None]
    assert len(asked) == 1
    with impatient():
        silent = await with_tier_names(SaidMeter().messenger, PriceSchedule("USD", prices((1, None))), {})
    assert [each.tier_name for each in silent.prices] == [None]
