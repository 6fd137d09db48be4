"""What can be said to Assist: the sentences in every language, and the intents that language models use.

Sentences of an integration have no folder of their own in Home Assistant: its agent reads those of the configuration,
and the triggers for sentences, which is where these are registered. So nobody has to copy them.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, override

import probatio
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers import intent
from homeassistant.setup import async_when_setup
from homeassistant.util import yaml as yaml_util

from .health.assist import SAYINGS, async_answer

if TYPE_CHECKING:
    from hassil.recognize import RecognizeResult
    from homeassistant.components.conversation import ConversationInput

_FOLDER = Path(__file__).parent / "sentences"
_CONVERSATION = "conversation"
_NAME = "name"
_ANY = "any"
"""The words for what needs no name, in each file: the car, the load control."""


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register what can be said."""
    for name in SAYINGS:
        intent.async_register(hass, SaidIntent(name))
    async_when_setup(hass, _CONVERSATION, _register_sentences)


async def _register_sentences(hass: HomeAssistant, _component: str) -> None:
    # Here it is loaded, and what it requires is installed; a Home Assistant without Assist has neither.
    from homeassistant.components.conversation.agent_manager import get_agent_manager  # noqa: PLC0415

    sentences = await hass.async_add_executor_job(read_sentences)
    any_of = frozenset(word.casefold() for word in sentences.pop(_ANY))
    for name, said in sentences.items():
        get_agent_manager(hass).register_trigger(said, partial(_heard, hass, name, any_of))


def read_sentences() -> dict[str, list[str]]:
    """Return what can be said, in all languages: Assist may be spoken to in another than Home Assistant's."""
    found: dict[str, list[str]] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        for name, sentences in yaml_util.load_yaml_dict(str(path)).items():
            found.setdefault(name, []).extend(sentences)
    return found


async def _heard(
    hass: HomeAssistant, saying: str, any_of: frozenset[str], heard: ConversationInput, result: RecognizeResult
) -> str:
    slot = result.entities.get(_NAME)
    name = str(slot.value).strip() if slot is not None else None
    name = None if name and name.casefold() in any_of else name
    return await async_answer(hass, saying, name, heard.language, heard.context)


class SaidIntent(intent.IntentHandler):
    """One of the sayings, as an intent."""

    def __init__(self, name: str) -> None:
        """``name`` is that of what is done, and answered."""
        self._name = name
        self._saying = SAYINGS[name]
        self.intent_type = self._saying.intent
        self.description = self._saying.description

    @property
    @override
    def slot_schema(self) -> dict[probatio.Marker, object]:
        required = probatio.Required if self._saying.needs_name else probatio.Optional
        return {required(_NAME): cv.string}

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        slots = self.async_validate_slots(intent_obj.slots)
        name = slots[_NAME]["value"] if _NAME in slots else None
        answer = await async_answer(intent_obj.hass, self._name, name, intent_obj.language, intent_obj.context)
        response = intent_obj.create_response()
        response.async_set_speech(answer)
        return response
