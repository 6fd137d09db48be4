"""What one gateway link would otherwise have to discover again after a restart."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import CONF_GATEWAY_LFDI, CONF_GATEWAY_SFDI
from ..gateway import Gateway
from .contact import Contact
from .storage import async_get_store, link_store

_SAVE_EVERY = timedelta(minutes=15)


class LinkRecord:
    """The file of one gateway link: registers found, the last contact and values, messages that were told."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Nothing is read before :meth:`async_load`."""
        self._hass = hass
        self._entry = entry
        self._store = link_store(hass, entry.entry_id)
        self._saved: datetime | None = None
        self._gateway: Gateway | None = None
        self.contact = Contact(None)
        self.values: dict[str, float] = {}
        """By register key, as last read."""
        self.seen_messages: list[str] = []
        """Ids of messages that were told already; the gateway lists a message for as long as it is in force."""

    async def async_load(self, gateway: Gateway) -> None:
        """Take up what was kept, and have ``gateway`` take up its part."""
        self._gateway = gateway
        store, sfdi = await async_get_store(self._hass), self._entry.data[CONF_GATEWAY_SFDI]
        kept: dict[str, Any] = await self._store.async_load() or store.get("links", sfdi) or {}
        await store.async_drop("links", sfdi)
        if kept.get(CONF_GATEWAY_LFDI) != self._entry.data[CONF_GATEWAY_LFDI]:
            kept = {}  # what is known of a meter that was replaced says nothing about the new one
        gateway.restore(kept.get("gateway", {}))
        self.contact = Contact(dt_util.parse_datetime(kept.get("last_contact") or ""))
        self.values = kept.get("values", {})
        self.seen_messages = kept.get("seen_messages", [])

    @callback
    def async_take(self, values: dict[str, float]) -> None:
        """Take the values of a poll; written now and then."""
        self.values = self.values | values
        now = dt_util.utcnow()
        if self._saved is None or now - self._saved > _SAVE_EVERY:
            self._saved = now
            self._store.async_delay_save(self._snapshot)

    async def async_save(self) -> None:
        """Write it; on disk when this returns."""
        await self._store.async_save(self._snapshot())

    def _snapshot(self) -> dict[str, Any]:
        last, gateway = self.contact.last_contact, self._gateway
        return {
            CONF_GATEWAY_LFDI: gateway.expected_lfdi if gateway else None,
            "gateway": gateway.snapshot() if gateway else {},
            "last_contact": last.isoformat() if last else None,
            "values": self.values,
            "seen_messages": self.seen_messages,
        }
