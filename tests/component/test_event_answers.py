"""What the utility hears of its messages, prices and reservations: what each asks for, and each once.

RespondableResource.responseRequired (sep.xsd): bit 0 that it was received, bit 1 what became of it, bit 2 a response
of the customer; none by default. Over Zigbee it is Message Confirmation, in the name of a customer.
"""

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.esi import ResponseStatus as R
from custom_components.utility_han.hub.flow.acknowledge import AcknowledgeFlow
from custom_components.utility_han.repairs import async_create_fix_flow
from tests.component.conftest import Commission
from tests.conftest import BOTH_TRANSPORTS, SimulatedGateway

RECEIVED, SPECIFIC, CUSTOMER = 1, 2, 4


async def read(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Poll everything, twice: the first poll after a start is for readings only."""
    for _ in range(2):
        entry.runtime_data.coordinator.read_anew()
        await entry.runtime_data.coordinator.async_refresh()
        await hass.async_block_till_done(wait_background_tasks=True)


def asked(hass: HomeAssistant, kind: str) -> list[ir.IssueEntry]:
    """Return the notices by which a person is asked to acknowledge something."""
    return [each for each in ir.async_get(hass).issues.values() if each.issue_id.startswith(f"acknowledge_{kind}")]


async def acknowledge(hass: HomeAssistant, issue: ir.IssueEntry) -> None:
    """Confirm a notice, as the frontend has it done."""
    assert issue.data is not None
    flow = await async_create_fix_flow(hass, issue.issue_id, dict(issue.data))
    assert isinstance(flow, AcknowledgeFlow)
    flow.hass, flow.handler, flow.issue_id = hass, DOMAIN, issue.issue_id
    page = await flow.async_step_init()
    assert page["step_id"] == "ask"
    assert page["description_placeholders"] == issue.translation_placeholders
    assert (await flow.async_step_ask({}))["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done(wait_background_tasks=True)


async def told(gateway: SimulatedGateway) -> list[tuple[str, int]]:
    """Return the kinds and statuses that arrived, each of which came once."""
    found = await gateway.event_responses()
    assert {each["count"] for each in found} <= {1}
    return [(each["kind"], each["status"]) for each in found]


@pytest.mark.parametrize(
    ("required", "text", "answers"),
    [
        (0, "Peak today", []),
        (RECEIVED, "Peak today", [R.RECEIVED]),
        (SPECIFIC, "Peak today", []),
        (RECEIVED | SPECIFIC, "\u200b ", [R.RECEIVED, R.CANNOT_BE_DISPLAYED]),
        (CUSTOMER, "\u200b", []),
    ],
)
async def test_message_is_answered_as_it_asks(
    hass: HomeAssistant,
    gateway: SimulatedGateway,
    commission: Commission,
    required: int,
    text: str,
    answers: list[int],
) -> None:
    entry = await commission(gateway)
    await gateway.send(text, response_required=required)
    await read(hass, entry)
    assert await told(gateway) == [("TextResponse", status) for status in answers]
    assert asked(hass, "text") == []
    assert {each["lfdi"] for each in await gateway.event_responses()} <= {entry.runtime_data.gateway.client_lfdi}


async def test_person_acknowledges_a_message(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await gateway.send("Please [call](http://x.example) us", response_required=RECEIVED | CUSTOMER)
    await read(hass, entry)
    (issue,) = asked(hass, "text")
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["text"] == r"Please \[call\]\(http://x.example\) us", "never as Markdown"
    assert await told(gateway) == [("TextResponse", R.RECEIVED)], "shown is not acknowledged"

    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await read(hass, entry)
    (issue,) = asked(hass, "text")
    await acknowledge(hass, issue)
    assert await told(gateway) == [("TextResponse", R.RECEIVED), ("TextResponse", R.ACKNOWLEDGED)]
    await read(hass, entry)
    assert asked(hass, "text") == []


def gateway_device(hass: HomeAssistant, entry: ConfigEntry) -> str:
    """Return the id of a hub's gateway in the device registry."""
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    assert device is not None
    return device.id


def to_acknowledge(hass: HomeAssistant, entry: ConfigEntry) -> dict[str, str]:
    """Return what the home page has acknowledged messages by: their texts, and the word of the prices."""
    registry, states = er.async_get(hass), {}
    for key in ("messages", "price"):
        entity_id = registry.async_get_entity_id("sensor", DOMAIN, f"{entry.entry_id}_{key}")
        states[key] = hass.states.get(entity_id or "")
    messages = states["messages"].attributes["messages"] if states["messages"] else []
    found = {each["acknowledge"]: each["text"] for each in messages if "acknowledge" in each}
    if states["price"] and "acknowledge" in states["price"].attributes:
        found[states["price"].attributes["acknowledge"]] = "all prices"
    return found


async def test_person_acknowledges_on_the_home_page(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await gateway.send("Works on Monday", response_required=CUSTOMER)
    await gateway.send("Thank you", response_required=RECEIVED)
    await gateway.set_prices(0.1, 0.2, 0.3, response_required=CUSTOMER)
    await read(hass, entry)
    asked_for = to_acknowledge(hass, entry)
    assert sorted(asked_for.values()) == ["Works on Monday", "all prices"]
    prices = len(entry.runtime_data.coordinator.data.prices.answers)
    device = {"device_id": gateway_device(hass, entry)}
    for message in asked_for:
        await hass.services.async_call(DOMAIN, "acknowledge", device | {"message": message.lower()}, blocking=True)
        await hass.async_block_till_done(wait_background_tasks=True)
        assert message not in to_acknowledge(hass, entry), "shown at once, and not with the next poll"
        assert not [each for each in asked(hass, "") if (each.data or {})["subject"] == message]
        with pytest.raises(ServiceValidationError, match="acknowledged already"):
            await hass.services.async_call(DOMAIN, "acknowledge", device | {"message": message}, blocking=True)
    acknowledged = [status for _, status in await told(gateway)].count(R.ACKNOWLEDGED)
    assert acknowledged == 1 + prices
    await read(hass, entry)
    assert to_acknowledge(hass, entry) == {}


async def test_notice_goes_with_its_message(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await gateway.send("Peak today", response_required=CUSTOMER)
    await read(hass, entry)
    assert len(asked(hass, "text")) == 1
    await gateway.recall(2)
    await read(hass, entry)
    assert asked(hass, "text") == []


async def test_prices_are_answered(hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission) -> None:
    """Response.status (sep.xsd): a price event is told an acknowledgement, no start and no end."""
    entry = await commission(gateway)
    await gateway.set_prices(0.1, 0.2, 0.3, response_required=RECEIVED | SPECIFIC | CUSTOMER)
    await read(hass, entry)
    prices = entry.runtime_data.coordinator.data.prices
    answers = prices.answers
    # As many as the tariff has in the next day and a half, which is one on a Friday evening.
    assert 0 < len(answers) == len(prices.prices)
    assert await told(gateway) == [("PriceResponse", R.RECEIVED)] * len(answers)
    (issue,) = asked(hass, "price")
    await acknowledge(hass, issue)
    assert (await told(gateway))[len(answers) :] == [("PriceResponse", R.ACKNOWLEDGED)] * len(answers)


async def test_what_was_not_taken_is_sent_again_after_a_restart(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await gateway.fault("http_error", status=503, path="/rsps")
    await gateway.send("Peak today", response_required=RECEIVED)
    await read(hass, entry)
    assert await told(gateway) == []
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    await gateway.mend()
    await read(hass, entry)
    assert await told(gateway) == [("TextResponse", R.RECEIVED)]


@pytest.mark.parametrize("known", [True, False])
async def test_answer_is_by_the_clock_that_the_gateway_told_last_and_by_none_where_it_never_told(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, *, known: bool
) -> None:
    """``createdDateTime`` "should be relative to the time server", and is optional (Response, sep.xsd)."""
    await gateway.fault("wrong_clock", seconds=7200)
    if not known:
        await gateway.fault("http_error", path="/tm")
    entry = await commission(gateway)
    await gateway.fault("http_error", path="/tm")
    await gateway.send("Peak today", response_required=RECEIVED)
    now = dt_util.utcnow().timestamp()
    await read(hass, entry)
    (answer,) = await gateway.event_responses()
    assert answer["created"] == (pytest.approx(now + 7200, abs=60) if known else None)


@pytest.mark.parametrize("transport", ["ezsp"])
async def test_meter_is_told_what_a_person_acknowledged(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await gateway.send("Peak today", priority=2)
    await read(hass, entry)
    issues = asked(hass, "text")
    (issue,) = [each for each in issues if (each.translation_placeholders or {})["text"] == "Peak today"]
    assert (await gateway.network())["confirmed_messages"] == []
    await acknowledge(hass, issue)
    assert (await gateway.network())["confirmed_messages"] == [2]


@BOTH_TRANSPORTS
async def test_instruction_of_the_gateway_is_no_question_of_its_own(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    entry = await commission(gateway)
    await read(hass, entry)
    assert await gateway.event_responses() == []
