"""What a VTN tells and a home shows: prices, other values over time, alerts; and the entities that show it."""

from homeassistant.core import HomeAssistant, callback

from ..esi import Priority
from ..hub.descriptions import Shown, SubjectEventDescription
from ..hub.hub import Hub
from ..hub.messages import MESSAGE, not_told_yet
from ..hub.price_entities import price_sensors, signal_sensors
from ..hub.priced import PricedSubject
from .vtn import VtnCoordinator

_PREFIX = "vtn_"
_BESIDE = " (OpenADR)"
"""What tells its entities from those of a gateway that has prices or messages too."""


class ToldByVtn:
    """Takes what each poll has read to the subject that shows it; each alert is told once, over restarts."""

    def __init__(self, hass: HomeAssistant, hub: Hub, vtn: VtnCoordinator) -> None:
        """It is shown on the device of ``hub``, whose link record keeps what was told."""
        beside = any(map(hub.coordinator.offers, ("pricing", "messaging")))
        self.subject = PricedSubject(hass, hub.subject, prefix=_PREFIX, source=_BESIDE if beside else "")
        self._vtn = vtn
        self._link = hub.link
        vtn.polled.add(self._polled)
        vtn.config_entry.async_on_unload(self.subject.async_stop)

    @callback
    def _polled(self, succeeded: bool) -> None:
        if not succeeded:
            return  # what was told ahead holds until something else is told
        told = self._vtn.data
        self.subject.async_take(told.prices, told.signals)
        for happened in not_told_yet(told.messages, self._link.seen_alerts, f"{_PREFIX}{MESSAGE}"):
            self.subject.async_tell(happened)
        in_force = [message.id for message in told.messages]
        if in_force != self._link.seen_alerts:
            self._link.seen_alerts = in_force
            self._link.save_later()


def told_shown(told: ToldByVtn) -> Shown[PricedSubject]:
    """Return what is shown of it."""
    alerts = SubjectEventDescription[PricedSubject](
        key=f"{_PREFIX}{MESSAGE}",
        translation_key=MESSAGE,
        translation_placeholders={"source": told.subject.source},
        event_types=[priority.value for priority in Priority],
    )
    sensors = (*price_sensors(told.subject), *signal_sensors(told.subject))
    return Shown(subjects=[told.subject], sensors=sensors, events=(alerts,))
