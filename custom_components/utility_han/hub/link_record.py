"""What one gateway link would otherwise have to discover again after a restart."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..const import CONF_GATEWAY_LFDI, CONF_GATEWAY_SFDI
from ..esi import EventResponse, Message
from ..gateway import Gateway
from ..procedures import Corrections, GuardRecord, Lasting, RegisterGuard, plain, read_record
from .background.outbox import Outbox
from .background.pacing import is_time
from .kept.storage import KeptForOne
from .kept.store import HanStore
from .outage import Outage
from .poll.contact import Contact
from .poll.corrections import corrections_of
from .reach.transport import Transport, transport_of

_SAVE_EVERY = timedelta(minutes=15)
_KINDS: dict[str, Any] = {
    CONF_GATEWAY_LFDI: str | None,
    "gateway": dict[str, Any],
    "guard": dict[str, Any],
    "corrections": dict[str, Any],
    "last_contact": datetime | None,
    "silence": Lasting | None,
    "values": dict[str, float],
    "seen_messages": list[str],
    "messages": list[dict[str, Any]],
    "told": dict[str, list[int]],
    "tiers": dict[str, str],
    "answers": list[dict[str, Any]],
    "outages": list[dict[str, Any]],
}


class LinkRecord(KeptForOne):
    """The file of one gateway link: registers found, the last contact and values, messages that were told."""

    what = "link"
    suffix = ""
    vital = False

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """What was kept says nothing before :meth:`async_follow`."""
        super().__init__(hass, entry_id)
        self._kept: dict[str, Any] = {}
        self._saved: datetime | None = None
        self._gateway: Gateway | None = None
        self.contact = Contact(None)
        self.guard = RegisterGuard()
        self._corrections = Corrections()
        self.values: dict[str, float] = {}
        """By register key, as last read."""
        self.seen_messages: list[str] = []
        """Ids of messages that were told already; the gateway lists a message for as long as it is in force."""
        self.messages: list[Message] = []
        """Those that were in force or to come when they were read last."""
        self.seen_alerts: list[str] = []
        """The same of what the utility itself tells, with a gateway or without one."""
        self.alerts: list[Message] = []
        """Those of them that were in force or to come; of another VTN that is linked in its place they are none."""
        self.tiers: Mapping[str, str] = {}
        """The names of the tariff's tiers, by their numbers; also those that do not tell them apart."""
        self.told: dict[str, list[int]] = {}
        """What was told of events, by their mRID."""
        self.answers: Outbox[EventResponse] = Outbox()
        self.outages: list[Outage] = []
        """Those that are over, and whose hours are to be filled in."""

    @override
    def restore(self, data: dict[str, Any]) -> None:
        self.whose = self.read_value(data, "ven", str | None, None)
        self.seen_alerts = self.read_value(data, "seen_alerts", list[str], [])
        self.alerts = list(self.read_records(data, "alerts", _message).values())
        self._kept = {
            name: data[name] for name, kind in _KINDS.items() if self.read_value(data, name, kind) is not None
        }

    def _of_vtn(self) -> dict[str, Any]:
        return {"ven": self.whose, "seen_alerts": self.seen_alerts, "alerts": _as_kept(self.alerts)}

    @override
    def begin_anew(self) -> None:
        self.seen_alerts, self.alerts = [], []

    async def async_follow(self, entry: ConfigEntry, gateway: Gateway) -> None:
        """Take up what was kept of ``gateway``, and have it take up its part; from now on it is followed."""
        if self._gateway is not None:
            self._kept = self.snapshot()  # the hub is loaded anew
        self._gateway, self._saved = gateway, None
        kept = self._kept or await self._found_before(entry)
        self.guard = self._guard(kept)
        if kept.get(CONF_GATEWAY_LFDI) != entry.data.get(CONF_GATEWAY_LFDI):
            # What is known of a meter that was replaced, or of none, says nothing about the new one; what is shown
            # goes on.
            kept = await self._found_before(entry)
            self.guard.expect_other_meter()
        corrections = self.read_value(kept, "corrections", Corrections, Corrections())
        self._corrections = corrections_of(entry.options)
        if corrections != self._corrections:
            # The same meter in another measure: what is shown goes on from where it stands.
            self.guard.expect_other_meter()
            kept = {name: value for name, value in kept.items() if name != "outages"}
        gateway.restore(self.read_value(kept, "gateway", dict[str, Any], {}))
        silence = self.read_value(kept, "silence", Lasting | None)
        self.contact = Contact(self.read_value(kept, "last_contact", datetime | None), silence)
        self.values = self.read_value(kept, "values", dict[str, float], {})
        self.seen_messages = self.read_value(kept, "seen_messages", list[str], [])
        self.messages = list(self.read_records(kept, "messages", _message).values())
        self.tiers = self.read_value(kept, "tiers", dict[str, str], {})
        self.told = self.read_value(kept, "told", dict[str, list[int]], {})
        self.answers = Outbox(self.read_records(kept, "answers", _answer).values())
        self.outages = list(self.read_records(kept, "outages", Outage.from_dict).values())

    async def _found_before(self, entry: ConfigEntry) -> dict[str, Any]:
        """Return what a flow found out before the hub had this meter."""
        if transport_of(entry.data) is Transport.NONE:
            return {}
        store, sfdi = await HanStore.async_get(self._hass), entry.data[CONF_GATEWAY_SFDI]
        found = store.get("links", sfdi) or {}
        await store.async_drop("links", sfdi)
        return found

    def _guard(self, kept: dict[str, Any]) -> RegisterGuard:
        record = self.read_value(kept, "guard", GuardRecord)
        if record is None and (last := self.read_value(kept, "last_contact", datetime | None)) is not None:
            record = GuardRecord.of_values(self.read_value(kept, "values", dict[str, float], {}), last)
        return RegisterGuard(record)

    @callback
    def async_take(self, values: dict[str, float]) -> None:
        """Take the values of a poll; written now and then, as is how long there were none."""
        self.values = self.values | values
        now = dt_util.utcnow()
        if is_time(self._saved, _SAVE_EVERY, now):
            self._saved = now
            self.save_later(0)

    @override
    def snapshot(self) -> dict[str, Any]:
        last, silence, gateway = self.contact.last_contact, self.contact.silence, self._gateway
        if gateway is None:
            return {**self._kept, **self._of_vtn()}
        return {
            **self._of_vtn(),
            CONF_GATEWAY_LFDI: gateway.expected_lfdi,
            "gateway": gateway.snapshot(),
            "guard": self.guard.to_dict(),
            "corrections": asdict(self._corrections),
            "last_contact": last.isoformat() if last else None,
            "silence": plain(asdict(silence)) if silence else None,
            "values": self.values,
            "seen_messages": self.seen_messages,
            "messages": _as_kept(self.messages),
            "tiers": dict(self.tiers),
            "told": self.told,
            "answers": self.answers.to_list(),
            "outages": [each.to_dict() for each in self.outages],
        }


def _as_kept(messages: Sequence[Message]) -> list[dict[str, Any]]:
    return [plain(asdict(each)) for each in messages]


def _message(data: Any) -> Message:
    return read_record(Message, data)


def _answer(data: Any) -> EventResponse:
    return read_record(EventResponse, data)
