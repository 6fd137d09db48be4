"""What a person does in the home: answers what repair notices ask about the meter, in their dialogs."""

from datetime import timedelta

from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.helpers import issue_registry as ir

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.hub.meter_notices import DOUBTED, REBASED
from tests.helpers.soak.clock import pass_time
from tests.helpers.soak.home import SoakHome

_ANSWERS = {DOUBTED: "replaced", REBASED: "right"}
_LOOKS_AGAIN = timedelta(minutes=1)
_PATIENCE = 30
"""How often a person looks for a notice that is not there yet, or cannot be answered while the hub is loaded anew."""


async def answer_meter_questions(home: SoakHome) -> None:
    """Say that the meter was replaced, wherever that is asked."""
    for _ in range(_PATIENCE):
        if await _answered(home):
            return
        await pass_time(_LOOKS_AGAIN)


async def _answered(home: SoakHome) -> bool:
    """Answer every notice that there is; whether there was one."""
    dialogs = repairs_flow_manager(home.hass)
    assert dialogs is not None
    answered = False
    for question, answer in _ANSWERS.items():
        issue_id = f"{question}_{home.entry.entry_id}"
        if ir.async_get(home.hass).async_get_issue(DOMAIN, issue_id) is None or home.hub is None:
            continue
        page = await dialogs.async_init(DOMAIN, data={"issue_id": issue_id})
        if page["type"] == "menu":
            await dialogs.async_configure(page["flow_id"], {"next_step_id": answer})
            answered = True
    return answered
