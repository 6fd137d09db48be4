"""Links a utility account as a person does, in the browser and back."""

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry, ConfigFlowContext, ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from tests.helpers import flows
from tests.helpers.utility import SimulatedUtility


async def sign_in(
    hass: HomeAssistant, result: ConfigFlowResult, utility: SimulatedUtility, client: ClientSessionGenerator
) -> ConfigFlowResult:
    """Go to the utility's page, allow it, and come back."""
    assert result["type"] is FlowResultType.EXTERNAL_STEP, result
    back = await utility.sign_in(result["url"])
    web = await client()
    response = await web.get("/auth/external/callback", params=dict(back.query))
    assert response.status == 200
    return await hass.config_entries.flow.async_configure(result["flow_id"])


async def begin(hass: HomeAssistant, entry: ConfigEntry) -> ConfigFlowResult:
    """Choose to link an account to a hub that is there already."""
    context = ConfigFlowContext(source=SOURCE_RECONFIGURE, entry_id=entry.entry_id)
    result = await hass.config_entries.flow.async_init(entry.domain, context=context)
    return await flows.choose(hass, result, "account")


async def decline(
    hass: HomeAssistant, result: ConfigFlowResult, utility: SimulatedUtility, client: ClientSessionGenerator
) -> ConfigFlowResult:
    """Go to the utility's page and do not allow it."""
    back = await utility.sign_in(result["url"], allow=False)
    web = await client()
    await web.get("/auth/external/callback", params=dict(back.query))
    return await hass.config_entries.flow.async_configure(result["flow_id"])


async def choose(
    hass: HomeAssistant, entry: ConfigEntry, utility: SimulatedUtility, client: ClientSessionGenerator
) -> ConfigFlowResult:
    """Sign in for a hub that is there already, and choose the customer's premise; return what follows."""
    result = await flows.submit(hass, await begin(hass, entry), {"url": utility.url})
    result = await sign_in(hass, result, utility, client)
    assert result["step_id"] == "premise", result
    return await flows.submit(hass, result, {"premise": "0"})


async def link(
    hass: HomeAssistant, entry: ConfigEntry, utility: SimulatedUtility, client: ClientSessionGenerator
) -> None:
    """Link the customer's account to a hub that is there already."""
    result = await choose(hass, entry, utility, client)
    assert result["reason"] == "account_linked"
    await hass.async_block_till_done()
