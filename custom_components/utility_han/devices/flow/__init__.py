"""The flow of a ``device`` subentry: from a device in its box to one registered with the utility."""

from collections.abc import Mapping, Sequence
from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.core import callback

from ...const import CONF_CONTROL, CONF_KIND, CONF_LFDI, CONF_SERIAL
from ...hub.flow.stepping import async_end_steps
from ...hub.reach.transport import Transport, transport_of
from ...hub.renaming import ids_of_now
from ...hub.telling.texts import plain
from ...procedures import RegistrationRun
from ...utility import Feature, Registration, UtilityError
from ..store import Record
from . import forms as device_forms
from .description import DeviceDescriptionPages
from .forms import CONF_DEVICES, CONF_PROGRAMS, CONF_SEVERAL
from .programs import choice_errors, consents_of
from .registration import DeviceRegistrationPages
from .several import SeveralDevicesPages


def _names_of(draft: Mapping[str, Any]) -> str:
    """Return what the devices of a draft are called, a dash where they have no name yet."""
    names = (each.get(CONF_NAME) for each in draft.get(CONF_SEVERAL, [draft]))
    return ", ".join(name for name in names if name) or "–"


class DeviceSubentryFlow(DeviceDescriptionPages, SeveralDevicesPages, DeviceRegistrationPages):
    """Adds a device, takes over those that the utility registered beforehand, and changes one."""

    more_changes: Sequence[str] = ()
    """Pages of other rooms that are offered among the changes."""

    def __init__(self) -> None:
        """Begin with nothing answered."""
        self.data = {}
        self._waiting: list[Registration] = []
        self._taken: list[Registration] = []

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Offer what there is to go on with: devices known to the utility, a flow not finished, a new device."""
        if not await self.async_hub_is_ready():
            return self.async_abort(reason="hub_not_ready")
        if transport_of(self.entry.data) is Transport.RAVEN and not self.by_utility:
            return self.async_abort(reason="stick_only_reads")
        options: list[str] = []
        try:
            self._waiting = await self.registrar.async_find_pre_registered()
        except UtilityError as err:
            return self.async_abort(reason=err.reason)
        if self._waiting:
            options.append("takeover")
        draft = (await self.async_registrations()).draft
        if draft is not None:
            options.append("resume")
        if not options:
            return await self.async_step_entity()
        return self.async_show_menu(
            step_id="user",
            menu_options=[*options, "entity"],
            description_placeholders={"device": _names_of(draft or {})},
        )

    async def async_step_resume(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Go on where an earlier flow was left."""
        self.data = dict((await self.async_registrations()).draft or {})
        if CONF_SEVERAL in self.data:
            return await self.async_step_several()
        if self.data.get(CONF_CONTROL):
            return await self.async_step_device()
        if CONF_CONTROL in self.data and CONF_KIND in self.data:
            return await self.async_described()
        return await self.async_step_entity()

    async def async_step_takeover(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """UR-a and UR-b: which of the devices that the utility registered beforehand are taken over."""
        if user_input is not None and user_input[CONF_DEVICES]:
            chosen = set(user_input[CONF_DEVICES])
            self._taken = [registration for registration in self._waiting if registration.id in chosen]
            return await self.async_step_takeover_programs()
        options = {
            registration.id: registration.name or registration.serial or registration.lfdi
            for registration in self._waiting
        }
        return self.async_show_form(
            step_id="takeover",
            data_schema=device_forms.devices(options),
            errors={CONF_DEVICES: "choose_device"} if user_input is not None else {},
            last_step=False,
        )

    async def async_step_takeover_programs(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """The programs for all of them; each device is enrolled in those that take its kind."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = choice_errors(user_input)
            if not errors:
                return await self._async_take_over(user_input[CONF_PROGRAMS])
        try:
            self._programs = await self._async_open_programs([device.kind for device in self._taken])
        except UtilityError as err:
            return self.async_abort(reason=err.reason)
        before = [program for device in self._taken for program in device.programs]
        return await self.async_show_programs(
            "takeover_programs", user_input[CONF_PROGRAMS] if user_input else before, errors
        )

    async def _async_take_over(self, chosen: list[str]) -> SubentryFlowResult:
        """Keep a record of each; the hub shows them and goes on with them by itself when it is loaded anew."""
        registrations = await self.async_registrations()
        for device in self._taken:
            if device.lfdi in registrations.records:  # by a dialog that was left open
                continue
            run = RegistrationRun(
                lfdi=device.lfdi,
                kind=device.kind,
                model_id=device.model_id or "",
                premise_id=device.premise_id,
                gateway_lfdi=device.gateway_lfdi,
                serial=device.serial,
                consents=consents_of(device.kind, self._programs or (), chosen),
                registration_id=device.id,
                pre_registered=True,
            )
            data: dict[str, Any] = {CONF_KIND: device.kind, CONF_LFDI: device.lfdi}
            if device.serial:
                data[CONF_SERIAL] = device.serial
            registrations.records[device.lfdi] = Record(run, device.name or device.serial or device.lfdi, data)
        await registrations.async_save()
        self.hass.config_entries.async_schedule_reload(self.entry.entry_id)
        names = ", ".join(plain(device.name or device.lfdi) for device in self._taken)
        return self.async_abort(reason="taken_over", description_placeholders={"devices": names})

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """What can be changed about a device."""
        if not await self.async_hub_is_ready():
            return self.async_abort(reason="hub_not_ready")
        subentry = self._get_reconfigure_subentry()
        self.take_record((await self.async_registrations()).records[str(subentry.unique_id)])
        run = self.record.run
        self.data = {**subentry.data, CONF_NAME: subentry.title, "consents": run.consents}
        options = ["control"] if self.by_utility else ["control", *self.more_changes]
        if self.registrar.registers(self.record):
            options.insert(0, "programs_change")
            if not run.finished:
                asked = run.registration_id is None or run.key is not None or run.unidentified is not None
                asked = asked and self.utility.offers(Feature.IDENTIFICATION)
                options.insert(0, "identification" if asked else "retry")
        return self.async_show_menu(
            step_id="reconfigure", menu_options=options, description_placeholders={"device": subentry.title}
        )

    async def async_step_retry(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Try a registration again that failed."""
        return await self._async_register_anew()

    async def async_step_programs_change(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change the programs (UR-9)."""
        self._programs = None  # as they are now
        return await self.async_step_programs()

    @override
    async def async_control_chosen(self, control: dict[str, Any] | None) -> SubentryFlowResult:
        subentry = self._get_reconfigure_subentry()
        data = {**subentry.data, CONF_CONTROL: ids_of_now(self.hass, control)}
        self.record.data = data
        await (await self.async_registrations()).async_save()
        return self.async_update_and_abort(self.entry, subentry, data=data)

    @override
    async def async_finish(self, said: str) -> SubentryFlowResult:
        if self.source != SOURCE_RECONFIGURE:
            return await super().async_finish(said)
        subentry = self._get_reconfigure_subentry()
        return self.async_update_and_abort(self.entry, subentry, data=self.record.data, reason="programs_changed")

    @callback
    @override
    def async_remove(self) -> None:
        """Let the hub go on with the device when the dialog is closed, wherever it was left."""
        super().async_remove()
        if self._task is not None:
            self._task.cancel()
        if self._steps is not None:
            self.hass.async_create_task(async_end_steps(self._steps))
        if self.registrations is None:
            return
        self.registrations.let_go(self.flow_id)
        if not self.begun or self.is_removed:
            return
        registrations, record = self.registrations, self.record
        registrations.claimed.discard(record.run.lfdi)
        if not self.hub_is_ready:
            # It is loaded anew, as for the subentry that this dialog made; without one that came too early.
            if all(each.unique_id != record.run.lfdi for each in self.entry.subentries.values()):
                self.hass.config_entries.async_schedule_reload(self.entry.entry_id)
        elif record.subentry_id is not None:
            self.registrar.async_look()
        elif (
            record.run.registration_id is None
            and record.run.request_id is None
            and self.utility.offers(Feature.REGISTRATION)
        ):
            # Nothing was told to the utility: it is a draft again.
            del registrations.records[record.run.lfdi]
            registrations.draft = self.data
            registrations.save_later()
        else:
            self.hass.config_entries.async_schedule_reload(self.entry.entry_id)
