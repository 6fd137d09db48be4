"""The blueprints that the integration brings, in Home Assistant's language, written where it finds them.

They are written by themselves, as Home Assistant writes its own, so that they are found under Settings → Automations →
Blueprints; one that a person deleted comes back by the action only.

HACS copies nothing but the component, so they are in its folder. Their texts are English, as the repository shows
them; a file for each other language has every text by the English one. What blueprints *send* is said by the action
``get_message``, and is in Home Assistant's language wherever they came from.
"""

from collections.abc import Mapping
from hashlib import sha256
from json import loads
from pathlib import Path
from typing import Any

import probatio
from homeassistant.components.blueprint.const import DOMAIN as BLUEPRINT_DOMAIN
from homeassistant.components.blueprint.models import Blueprint, DomainBlueprints
from homeassistant.components.blueprint.schemas import BLUEPRINT_SCHEMA
from homeassistant.core import HomeAssistant, ServiceCall, ServiceResponse, SupportsResponse, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_when_setup
from homeassistant.util import yaml as yaml_util

from ..const import DOMAIN, LOGGER
from .allowed import async_register_action
from .kept.storage import MadeByNewerVersionError
from .kept.store import HanStore, Section

FOLDER = Path(__file__).parent.parent / "blueprints"
_AUTOMATION = "automation"
_IN_REPOSITORY = f"custom_components/{DOMAIN}/blueprints/{_AUTOMATION}"
_WRITTEN: Section = "blueprints"


@callback
def async_register_blueprint_action(hass: HomeAssistant) -> None:
    """Register the action, whether a hub is loaded or not; it writes files."""

    async def install(_call: ServiceCall) -> ServiceResponse:
        return {what: [*names] for what, names in (await _async_install(hass, again=True)).items()}

    async_register_action(hass, "install_blueprints", install, probatio.Schema({}), SupportsResponse.OPTIONAL)


@callback
def async_offer_blueprints(hass: HomeAssistant) -> None:
    """Write the blueprints once automations are loaded, which need not be at all; a folder that is locked is left."""

    async def offer(hass: HomeAssistant, _component: str) -> None:
        try:
            await _async_install(hass, again=False)
        except (MadeByNewerVersionError, OSError) as err:
            LOGGER.warning("Blueprints were not written: %s", err)

    async_when_setup(hass, _AUTOMATION, offer)


async def _async_install(hass: HomeAssistant, *, again: bool) -> Mapping[str, list[str]]:
    """Write each blueprint that is not there, or is as it was written; return the names of all by what was done.

    What is there and is not as it was written here is a person's own by now, and is left as it is; so is, unless
    ``again``, what was written before and is not there any more.
    """
    home: DomainBlueprints | None = hass.data.get(BLUEPRINT_DOMAIN, {}).get(_AUTOMATION)
    if home is None:
        raise ServiceValidationError(translation_domain=DOMAIN, translation_key="automations_not_loaded")
    store = await HanStore.async_get(hass)
    address = (await async_get_integration(hass, DOMAIN)).documentation
    done: dict[str, list[str]] = {"installed": [], "updated": [], "unchanged": [], "left": []}
    for name, data in (await hass.async_add_executor_job(read_blueprints, hass.config.language)).items():
        blueprint = Blueprint(data, path=name, expected_domain=_AUTOMATION, schema=BLUEPRINT_SCHEMA)
        blueprint.update_metadata(source_url=f"{address}/blob/main/{_IN_REPOSITORY}/{name}")
        path, wanted = f"{DOMAIN}/{name}", _digest(blueprint.yaml())
        found = await hass.async_add_executor_job(_digest_of, home.blueprint_folder / path)
        before = (store.get(_WRITTEN, name) or {}).get("digest")
        if found == wanted:
            done["unchanged"].append(name)
        elif found != before and (found is not None or not again):
            done["left"].append(name)
            continue
        else:
            await home.async_add_blueprint(blueprint, path, allow_override=True)
            done["installed" if found is None else "updated"].append(name)
        if before != wanted:
            await store.async_put(_WRITTEN, name, {"digest": wanted})
    return done


def read_blueprints(language: str) -> dict[str, dict[str, Any]]:
    """Return the blueprints by the names of their files, in a language, English where there is none."""
    words = FOLDER / f"{language.partition('-')[0]}.json"
    texts: dict[str, str] = loads(words.read_text(encoding="utf-8")) if words.exists() else {}
    paths = sorted((FOLDER / _AUTOMATION).glob("*.yaml"))
    return {path.name: _translated(yaml_util.load_yaml_dict(str(path)), texts) for path in paths}


def _translated(data: Any, texts: Mapping[str, str]) -> Any:
    if isinstance(data, dict):
        return {key: _translated(value, texts) for key, value in data.items()}
    if isinstance(data, list):
        return [_translated(value, texts) for value in data]
    return texts.get(data, data) if isinstance(data, str) else data


def _digest_of(path: Path) -> str | None:
    return _digest(path.read_text(encoding="utf-8")) if path.exists() else None


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
