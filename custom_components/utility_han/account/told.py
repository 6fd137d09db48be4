"""What a VTN tells and a home shows: prices, other values over time, alerts; and the entities that show it."""

from collections.abc import Sequence
from datetime import datetime

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, EVENT_MESSAGE
from ..esi import Message, PriceSchedule, Priority
from ..hub.descriptions import Shown, SubjectEventDescription, SubjectSensorDescription
from ..hub.hub import Hub
from ..hub.messages import MESSAGE, in_force_row, messages_in_force, messages_to_keep, not_told_yet
from ..hub.prices.entities import price_sensors, signal_sensors
from ..hub.prices.priced import PricedSubject, courses_of
from ..hub.telling.texts import plain
from .vtn import VtnCoordinator

_PREFIX = "vtn_"
_BESIDE = " (OpenADR)"
"""What tells its entities from those of a gateway that has prices or messages too."""
_SEVERAL = "several_tariffs"
_MOST_NAMED = 10


class ToldByVtn:
    """Takes what each poll has read to the subject that shows it; each alert is told once, over restarts."""

    def __init__(self, hass: HomeAssistant, hub: Hub, vtn: VtnCoordinator) -> None:
        """It is shown on the device of ``hub``, whose link record keeps what was told."""
        beside = any(map(hub.coordinator.offers, ("pricing", "messaging")))
        self.subject = PricedSubject(hass, hub.subject, prefix=_PREFIX, source=_BESIDE if beside else "")
        self._hass = hass
        self._entry = hub.entry
        self._rounds = hub.rounds
        self._link = hub.link
        self._vtn = vtn
        self._alerts: Sequence[Message] = self._link.alerts
        self.in_force: Sequence[Message] = messages_in_force(self._alerts, dt_util.utcnow())
        """The alerts that have begun, and neither ended nor were deleted."""
        self._cancel: CALLBACK_TYPE | None = None
        self._stopped = False
        vtn.polled.add(self._polled)
        self._entry.async_on_unload(self.async_stop)

    @callback
    def async_start(self) -> None:
        """Tell what has begun of the alerts that were known before, now that somebody shows it."""
        self._tell_alerts()

    @callback
    def async_stop(self) -> None:
        """Tell nothing any more: what is told when nobody shows it would count as told."""
        self._stopped = True
        self.subject.async_stop()
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    @callback
    def _polled(self, succeeded: bool) -> None:
        if succeeded:  # else what was told ahead holds until something else is told
            self._rounds.begin("showing what a VTN tells", self._take, waited_for=True)

    async def _take(self) -> None:
        told = self._vtn.data
        # There may be a hundred thousand of them.
        signals = await self._hass.async_add_executor_job(courses_of, told.signals)
        if self._stopped or told is not self._vtn.data:
            return  # or read anew meanwhile
        self.subject.async_take(told.prices, signals)
        self._ask_for_theirs(told.prices)
        self._alerts = told.messages
        if (kept := messages_to_keep(told.messages, dt_util.utcnow())) != self._link.alerts:
            self._link.alerts = kept
            self._link.save_later()
        self._tell_alerts()

    @callback
    def _tell_alerts(self, now: datetime | None = None) -> None:
        """Tell the alerts that have begun, show which are in force, and wait for the next to begin or end."""
        now = now or dt_util.utcnow()
        begun = messages_in_force(self._alerts, now)
        if begun != self.in_force:
            self.in_force = begun
            self.subject.async_tell()
        for happened in not_told_yet(begun, self._link.seen_alerts, f"{_PREFIX}{MESSAGE}"):
            self.subject.async_tell(happened)
        if begun and (seen := [alert.id for alert in begun]) != self._link.seen_alerts:
            self._link.seen_alerts = seen
            self._link.save_later()
        if self._cancel is not None:
            self._cancel()
        coming = [at for alert in self._alerts for at in (alert.start, alert.end) if at > now]
        self._cancel = async_track_point_in_utc_time(self._hass, self._tell_alerts, min(coming)) if coming else None

    def _ask_for_theirs(self, prices: PriceSchedule | None) -> None:
        """Say where nobody but a person knows whose of the prices are theirs."""
        issue_id = f"{_SEVERAL}_{self._entry.entry_id}"
        if prices is None or not prices.rivals:
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=_SEVERAL,
            translation_placeholders={
                "title": self._entry.title,
                "programs": ", ".join(plain(each[:100]) for each in prices.rivals[:_MOST_NAMED]),
            },
        )


@callback
def async_forget_shown(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Remove what showed a VTN that the hub has left: nobody tells it anything any more."""
    registry = er.async_get(hass)
    for each in er.async_entries_for_config_entry(registry, entry.entry_id):
        if each.unique_id.startswith(f"{entry.entry_id}_{_PREFIX}"):
            registry.async_remove(each.entity_id)


def told_shown(told: ToldByVtn) -> Shown[PricedSubject]:
    """Return what is shown of it."""
    alerts = SubjectEventDescription[PricedSubject](
        key=f"{_PREFIX}{MESSAGE}",
        translation_key=MESSAGE,
        translation_placeholders={"source": told.subject.source},
        event_types=[priority.value for priority in Priority],
        bus_event=EVENT_MESSAGE,
        entity_registry_enabled_default=False,
    )
    in_force: SubjectSensorDescription[PricedSubject] = in_force_row(
        lambda _: told.in_force, prefix=_PREFIX, source=told.subject.source
    )
    sensors = (*price_sensors(told.subject), *signal_sensors(told.subject), in_force)
    return Shown(subjects=[told.subject], sensors=sensors, events=(alerts,))
