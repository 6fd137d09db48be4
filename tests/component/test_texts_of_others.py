"""What others write is shown as it is: as no Markdown, and no longer than there is room for."""

import pytest
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.utility_han.const import CONF_NOTIFY, DOMAIN
from custom_components.utility_han.hub.telling.notifications import async_notify
from custom_components.utility_han.hub.telling.person import Person
from custom_components.utility_han.hub.telling.texts import plain
from custom_components.utility_han.utility.model import CommissioningRequest
from custom_components.utility_han.utility.service_model import Case
from tests.helpers.states import persistent_notifications

LINK = "[Sign in](https://example.com) ![](https://example.com/seen.png)"


async def test_notification_has_no_links_of_others(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain=DOMAIN, title="Elm *Street*", options={CONF_NOTIFY: "notify.me"})
    sent = async_mock_service(hass, "notify", "send_message")
    await async_notify(hass, entry, "vehicle_refused", {"vehicle": "Family_car", "said": LINK})
    (shown,) = persistent_notifications(hass)
    escaped = r"\[Sign in\]\(https://example.com\) \!\[\]\(https://example.com/seen.png\)"
    assert f'It says: "{escaped}"' in shown["message"]
    assert r"Family\_car" in shown["message"]
    assert r"Elm \*Street\*" in shown["message"]
    assert "\\" not in shown["title"], "Home Assistant shows that as it is"
    (told,) = sent
    assert LINK in told.data["message"], "a phone shows no Markdown"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\n# Pay here\n- now", r"\# Pay here \- now"),
        ("One\r\n\n> Two\x1b[1m\u202ethree", r"One   \> Two \[1m three"),
        ("\t\n", ""),
        ("5 < 6 & `7`", r"5 \< 6 \& \`7\`"),
    ],
)
def test_text_of_others_is_of_one_line_and_no_markdown(text: str, shown: str) -> None:
    """A line break begins a heading, a list or a quotation; what turns the direction of writing hides another text."""
    assert plain(text) == shown


@pytest.mark.parametrize("named", ["../../secrets", "/etc/passwd", "en/../de", "xx-none", ""])
def test_language_of_an_address_is_one_that_there_is(named: str) -> None:
    """What is read of a language is a file of that name."""
    assert Person.from_query({"language": named}, "fr").language == "fr"
    assert Person.from_query({"language": "de"}, "fr").language == "de"


def test_what_somebody_at_the_utility_says_has_an_end() -> None:
    """It is an attribute, a notice and an entry of a calendar: one of a megabyte is none of these."""
    told = {
        "id": "case-1",
        "version": 1,
        "premise_id": "prem-1",
        "gateway_lfdi": "",
        "registration_id": None,
        "binding_id": None,
        "status": "open",
        "summary": "s" * 100_000,
        "note": "n" * 100_000,
        "opened_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
        "reports": [],
        "appointment": None,
    }
    case = Case.from_json(told)
    assert (len(case.summary), len(case.note or "")) == (1000, 1000)
    request = CommissioningRequest.from_json({"id": "com-1", "status": "refused", "reason": "r" * 100_000})
    assert len(request.reason or "") == 1000
