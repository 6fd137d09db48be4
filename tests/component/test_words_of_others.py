"""What a utility writes is shown as it is: no link and no picture of its own in our pages and notices."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.devices.notices import async_tell_left_behind
from custom_components.utility_han.health.notices import async_ask_permission
from custom_components.utility_han.hub.telling.person import Person
from custom_components.utility_han.utility import DiagnosticsRequest

_LINK = "[Sign in](https://example.org/)"
_AS_IT_IS = r"\[Sign in\]\(https://example.org/\)"


async def test_notices_have_no_links_of_a_utility(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain=DOMAIN)
    async_ask_permission(hass, entry, [DiagnosticsRequest("diag-1", None, None, "requested", _LINK)])
    async_tell_left_behind(hass, entry, [_LINK])
    said = [each.translation_placeholders or {} for each in ir.async_get(hass).issues.values()]
    assert [each.get("note") or each.get("devices") for each in said] == [_AS_IT_IS, _AS_IT_IS]


def test_language_of_an_address_is_one_that_there_is() -> None:
    """What is read of a language is a file of its name: an address names no other."""
    assert Person.from_query({"language": "../manifest", "clock": "24"}, "en") == Person("en", None, "24")
    assert Person.from_query({"language": "fr"}, "en").language == "fr"
