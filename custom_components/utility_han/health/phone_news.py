"""What a person is told on their phone with buttons, each once, and taken away when it is over.

Load controls that may be left, and whose a session was; and what those buttons do, and those under failures, which the
manager tells.
"""

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from ..const import CONF_NOTIFY
from ..devices.device import HanDevice
from ..esi import LoadControl
from ..hub.notifications import async_notify, async_withdraw
from ..hub.phone import Button, Choice, async_listen
from ..hub.subject import Occurrence
from ..hub.wording import Said, Wording
from ..load_control.asked import TEST, what_is_asked
from ..load_control.manager import LoadControlManager
from ..load_control.messages import about_control
from ..procedures import Effect, Happening, OptError
from ..vehicles.manager import VehicleManager
from ..vehicles.notices import questions
from ..vehicles.sources import CONF_ENERGY
from .diagnosing import async_diagnose
from .manager import HealthManager
from .messages import about_diagnosis, about_repair
from .repairing import async_repair
from .subjects import Watched

_ANNOUNCED = "control_announced"
_MOST_VEHICLES = 8
_OVER = frozenset(
    {Happening.COMPLETED, Happening.CANCELLED, Happening.SUPERSEDED, Happening.REJECTED, Happening.OPTED_OUT}
)


class PhoneNews:
    """Tells the phone that the options of a hub name; nothing of it where none is named."""

    def __init__(self, hass: HomeAssistant, health: HealthManager, vehicles: VehicleManager) -> None:
        """Everything that is told of must be known to the managers."""
        self._hass = hass
        self._health = health
        self._entry = health.entry
        self._rounds = health.hub.rounds
        self._controls: LoadControlManager = health.controls
        self._vehicles = vehicles
        self._asked: dict[str, str] = {}
        self._unsubscribe: list[CALLBACK_TYPE] = []

    @callback
    def async_start(self) -> None:
        """Begin; what is asked already was told before."""
        if self._entry.options.get(CONF_NOTIFY) is None:
            return
        does = {
            Button.DIAGNOSE: self._async_diagnose,
            Button.REPAIR: self._async_repair,
            Button.OPT_OUT: self._async_opt_out,
            Button.ASSIGN: self._async_assign,
            Button.NOBODY: self._async_assign,
        }
        self._asked = questions(self._vehicles.charging)
        self._unsubscribe += [
            async_listen(self._hass, self._entry, self._rounds, does),
            self._controls.effects.add(self._controlled),
            *(subject.async_add_listener(self._look_for_questions) for subject in self._vehicles.subjects[:1]),
        ]

    @callback
    def async_stop(self) -> None:
        """End."""
        for cancel in self._unsubscribe:
            cancel()
        self._unsubscribe.clear()

    # What is told

    @callback
    def _controlled(self, device: HanDevice, effect: Effect) -> None:
        about = f"{device.key}_{effect.control.id}"
        if effect.happening is Happening.RECEIVED:
            if self._may_leave(device, effect.control):
                announced = self._async_announce(device, effect.control.id, about)
                self._rounds.begin("notifying", announced, waited_for=True)
        elif effect.happening in _OVER:
            over = async_withdraw(self._hass, self._entry, _ANNOUNCED, about)
            self._rounds.begin("notifying", over, waited_for=True)

    def _may_leave(self, device: HanDevice, control: LoadControl) -> bool:
        nothing_to_leave = control.mandatory or what_is_asked(control) == TEST
        return not nothing_to_leave and not self._controls.standing_opt_out(device)

    async def _async_announce(self, device: HanDevice, control_id: str, about: str) -> None:
        known = [*filter(None, [self._controls.active(device)]), *self._controls.upcoming(device)]
        record = next((each for each in known if each.control.id == control_id), None)
        if record is None or record.out is not None:
            return
        said = about_control(device, record, await Wording.async_of(self._hass))
        choices = [Choice(Button.OPT_OUT, device.key, control_id), Choice(Button.OK)]
        await async_notify(self._hass, self._entry, said.key, said.values, about, choices, phone_only=True)

    @callback
    def _look_for_questions(self, _happened: Occurrence | None) -> None:
        asked, before = questions(self._vehicles.charging), self._asked
        if asked == before:
            return
        self._asked = asked
        for session_id in asked.keys() - before.keys():
            self._rounds.begin("notifying", self._async_ask(asked[session_id], session_id), waited_for=True)
        for session_id in before.keys() - asked.keys():
            over = async_withdraw(self._hass, self._entry, before[session_id], session_id)
            self._rounds.begin("notifying", over, waited_for=True)

    async def _async_ask(self, key: str, session_id: str) -> None:
        wording, entry = await Wording.async_of(self._hass), self._vehicles.charging.ledger.entries[session_id]
        said = {
            "energy": wording.energy(entry.energy_wh / 1000),
            "start": wording.time(entry.session.started_at),
            "end": wording.time(entry.ended_at),
        }
        # Who charges there first: a phone may show no more than three.
        vehicles = sorted(self._vehicles.vehicles, key=lambda each: each.data[CONF_ENERGY] != entry.point)
        choices = [Choice(Button.ASSIGN, session_id, each.key, each.title) for each in vehicles[:_MOST_VEHICLES]]
        choices.append(Choice(Button.NOBODY, session_id))
        await async_notify(self._hass, self._entry, key, said, session_id, choices, phone_only=True)

    # What buttons do

    async def _async_diagnose(self, key: str, _more: str) -> None:
        if (watched := self._health.subjects.of(key)) is not None:
            found = await async_diagnose(self._health, watched)
            said = about_diagnosis(watched, found, await Wording.async_of(self._hass))
            choices = [Choice(Button.REPAIR, key)] if found.next is not None else []
            await self._async_answer(watched, said, choices)

    async def _async_repair(self, key: str, _more: str) -> None:
        if (watched := self._health.subjects.of(key)) is not None:
            answer = await async_repair(self._health, watched)
            await self._async_answer(watched, about_repair(watched, answer, await Wording.async_of(self._hass)), [])

    async def _async_answer(self, watched: Watched, said: Said, choices: list[Choice]) -> None:
        await async_notify(self._hass, self._entry, said.key, said.values, watched.key, choices)

    async def _async_opt_out(self, key: str, control_id: str) -> None:
        subject = next((each for each in self._controls.subjects.values() if each.device.key == key), None)
        if subject is None:
            return
        try:
            await self._controls.async_opt_out(subject.device, control_id)
        except OptError:
            said = {"device": subject.title}
            await async_notify(self._hass, self._entry, "opt_out_failed", said, f"{key}_{control_id}", phone_only=True)

    async def _async_assign(self, session_id: str, key: str) -> None:
        if session_id in self._asked:
            await self._vehicles.async_assign(session_id, key or None)
