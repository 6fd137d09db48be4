"""What a person is told on their phone with buttons, each once, and taken away when it is over.

Load controls that may be left, and whose a session was; and what those buttons do, and those under failures, which the
manager tells.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial

from homeassistant.core import CALLBACK_TYPE, Context, HomeAssistant, callback

from ..const import CONF_NOTIFY
from ..devices.device import HanDevice
from ..esi import LoadControl
from ..hub.allowed import BUTTONS, async_check, devices_of
from ..hub.subject import Occurrence
from ..hub.telling.notifications import async_notify, async_withdraw
from ..hub.telling.phone import Button, Choice, async_listen, user_of
from ..hub.telling.wording import Said, Wording
from ..load_control.asked import TEST, what_is_asked
from ..load_control.manager import LoadControlManager
from ..load_control.messages import about_control
from ..load_control.subject import ControlledSubject
from ..procedures import ControlRecord, Effect, Happening, OptError
from ..vehicles.chargers.sources import CONF_ENERGY
from ..vehicles.manager import VehicleManager
from ..vehicles.notices import questions
from .diagnosing import async_diagnose
from .manager import HealthManager
from .messages import about_diagnosis, about_repair
from .repairing import async_repair
from .subjects import Watched

_ANNOUNCED = "control_announced"
_MOST_VEHICLES = 8
_MOST_NAMED = 5
_TOGETHER = 0.5
"""Seconds in which what happens to the devices of one control is one thing for the phone."""
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
        self._due: set[tuple[str, Callable[[str], Awaitable[None]]]] = set()
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
            async_listen(self._hass, self._entry, does, self._async_check),
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
        control = effect.control
        if effect.happening in _OVER:
            self._together(control.id, self._async_end)
        elif effect.happening is Happening.RECEIVED and self._may_leave(device, control):
            self._together(control.id, self._async_announce)

    def _may_leave(self, device: HanDevice, control: LoadControl) -> bool:
        nothing_to_leave = control.mandatory or what_is_asked(control) == TEST
        return not nothing_to_leave and not self._controls.standing_opt_out(device)

    @callback
    def _together(self, control_id: str, do: Callable[[str], Awaitable[None]]) -> None:
        """Do something about a control once for all of its devices, which are told of one after the other."""

        async def once() -> None:
            await asyncio.sleep(_TOGETHER)
            self._due.discard((control_id, do))
            await do(control_id)

        if (control_id, do) not in self._due:
            self._due.add((control_id, do))
            self._rounds.begin("notifying of", once, control_id, waited_for=True)

    def _taking_part(self, control_id: str) -> list[tuple[ControlledSubject, ControlRecord]]:
        """Return who takes part in a control that is not over."""
        controls = self._controls
        return [
            (subject, record)
            for subject in controls.subjects.values()
            for record in (*filter(None, [controls.active(subject.device)]), *controls.upcoming(subject.device))
            if record.control.id == control_id and record.out is None
        ]

    async def _async_announce(self, control_id: str) -> None:
        if not (found := self._taking_part(control_id)):
            return
        devices, record = [subject.device for subject, _ in found], found[0][1]
        said = about_control(self._controls, devices, record, await Wording.async_of(self._hass))
        values = {**said.values, "device": _names([each for each, _ in found])}
        choices = [Choice(Button.OPT_OUT, more=control_id), Choice(Button.OK)]
        await async_notify(self._hass, self._entry, said.key, values, control_id, choices, phone_only=True)

    async def _async_end(self, control_id: str) -> None:
        if not self._taking_part(control_id):
            await async_withdraw(self._hass, self._entry, _ANNOUNCED, control_id)

    @callback
    def _look_for_questions(self, _happened: Occurrence | None) -> None:
        asked, before = questions(self._vehicles.charging), self._asked
        if asked == before:
            return
        self._asked = asked
        for session_id in asked.keys() - before.keys():
            ask = partial(self._async_ask, asked[session_id], session_id)
            self._rounds.begin("notifying of", ask, session_id, waited_for=True)
        for session_id in before.keys() - asked.keys():
            over = partial(async_withdraw, self._hass, self._entry, before[session_id], session_id)
            self._rounds.begin("notifying of", over, session_id, waited_for=True)

    async def _async_ask(self, key: str, session_id: str) -> None:
        wording, entry = await Wording.async_of(self._hass), self._vehicles.charging.ledger.entries[session_id]
        said = {
            "energy": wording.energy(entry.energy_wh / 1000),
            **wording.span(entry.session.started_at, entry.ended_at),
        }
        # Who charges there first: a phone may show no more than three.
        vehicles = sorted(self._vehicles.vehicles, key=lambda each: each.data[CONF_ENERGY] != entry.point)
        choices = [Choice(Button.ASSIGN, session_id, each.key, each.title) for each in vehicles[:_MOST_VEHICLES]]
        choices.append(Choice(Button.NOBODY, session_id))
        await async_notify(self._hass, self._entry, key, said, session_id, choices, phone_only=True)

    # What buttons do

    async def _async_check(self, context: Context, button: Button, more: str) -> None:
        """``Unauthorized`` for who may not; the phone that the options name is trusted with its buttons."""
        if context.user_id != user_of(self._hass, self._entry.options[CONF_NOTIFY]):
            # That alone asks who may control something; the others are not about devices.
            left = [subject.key for subject, _ in self._taking_part(more)] if button is Button.OPT_OUT else []
            devices = devices_of(self._hass, self._entry, left)
            await async_check(self._hass, context, BUTTONS[button], [self._entry], devices)

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

    async def _async_opt_out(self, _subject: str, control_id: str) -> None:
        left: list[ControlledSubject] = []
        for subject, _ in self._taking_part(control_id):
            with suppress(OptError):
                await self._controls.async_opt_out(subject.device, control_id)
                left.append(subject)
        if not left:
            await async_notify(self._hass, self._entry, "opt_out_failed", about=control_id, phone_only=True)

    async def _async_assign(self, session_id: str, key: str) -> None:
        if session_id in self._asked:
            await self._vehicles.async_assign(session_id, key or None)


def _names(subjects: Sequence[ControlledSubject]) -> str:
    names = ", ".join(each.title for each in subjects[:_MOST_NAMED])
    return names if len(subjects) <= _MOST_NAMED else f"{names}, …"
