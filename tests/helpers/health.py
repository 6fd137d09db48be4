"""A home with a registered device, as somebody sees it who looks after its health."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.gateway.errors import Reason
from custom_components.utility_han.health.manager import HealthManager


class Patient:
    """One device, vehicle or gateway of a hub: what is seen of it, and what is done to it."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, key: str) -> None:
        """``key`` is the subentry's id, or the entry's for the gateway."""
        self._hass = hass
        self.entry = entry
        self.key = key

    @property
    def lfdi(self) -> str:
        """The device's LFDI."""
        return str(self.entry.subentries[self.key].unique_id)

    @property
    def manager(self) -> HealthManager:
        """The hub's health."""
        manager: HealthManager = self.entry.runtime_data.manager(HealthManager)
        return manager

    @property
    def device_id(self) -> str:
        """Its id in the device registry."""
        device = dr.async_get(self._hass).async_get_device_by_identifier((DOMAIN, self.key), self.entry.entry_id)
        assert device is not None
        return device.id

    def state(self, key: str) -> State:
        """The state of its entity ``key``."""
        registry = er.async_get(self._hass)
        unique_id = f"{self.key}_{key}"
        found = next(each for each in registry.entities.values() if each.unique_id == unique_id)
        state = self._hass.states.get(found.entity_id)
        assert state is not None, found.entity_id
        return state

    @property
    def health(self) -> tuple[str, str | None]:
        """How it is, and why."""
        state = self.state("health")
        return state.state, state.attributes["reason"]

    @property
    def told(self) -> tuple[str | None, bool]:
        """What the last diagnosis tells of the repair before it, and whether the utility closed its case."""
        attributes = self.state("last_diagnosis").attributes
        return attributes["repair"], attributes["case_closed"]

    @property
    def well(self) -> bool:
        """Whether all is well."""
        return self.health == ("ok", None)

    @property
    def issue(self) -> ir.IssueEntry | None:
        """Its repair notice."""
        return ir.async_get(self._hass).async_get_issue(DOMAIN, f"unhealthy_{self.key}")

    async def act(self, action: str, **data: Any) -> Mapping[str, Any]:
        """Do an action to it and return the answer."""
        answer = await self._hass.services.async_call(
            DOMAIN, action, {"device_id": self.device_id, **data}, blocking=True, return_response=True
        )
        assert isinstance(answer, dict)
        return answer

    async def look(self) -> None:
        """Let a poll find out what there is to find out, and have it evaluated."""
        coordinator = self.entry.runtime_data.coordinator
        if not coordinator.data.values:
            await coordinator.async_refresh()  # the very first poll is for readings only
        coordinator.read_anew()
        await coordinator.async_refresh()
        if coordinator.contact.reason is Reason.GATEWAY_SILENT:
            # A gateway that forgets a device closes connections, perhaps the one just made.
            await coordinator.async_refresh()
        await self.manager.async_evaluate()
        await self._hass.async_block_till_done()
