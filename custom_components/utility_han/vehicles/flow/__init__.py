"""The flow of a ``vehicle`` subentry: from a VIN to a vehicle whose charging is billed."""

from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from ...hub.telling.texts import plain
from ...procedures import VehicleRun
from ...utility import Binding, BindingStatus, UtilityError
from ..document import async_binding_document
from ..exports.charges import Held
from ..exports.links import async_links
from ..rates.draft import rates_of
from . import forms as vehicle_forms
from .binding import moment, on_day
from .description import VehicleDescriptionPages
from .elsewhere import ElsewherePages
from .forms import (
    CONF_BATTERY_SIZE,
    CONF_BILL_TO,
    CONF_MAKE,
    CONF_OWNER,
    CONF_PROGRAM,
    CONF_REASON,
    CONF_VALID_FROM,
    CONF_VALID_UNTIL,
    CONF_VALID_UNTIL_TIME,
    CONF_VEHICLE_MODEL,
    CONF_VIN,
    GUEST,
    OWN,
)
from .home_forms import CONF_CONTRACT_ID, CONF_HOLDER, CONF_PAYER, CONF_PAYER_NUMBER, CONF_PREMISE
from .preview import PreviewPages
from .rates import CONF_RATES


class VehicleSubentryFlow(VehicleDescriptionPages, PreviewPages, ElsewherePages):
    """Adds a vehicle, and changes or ends what it is bound to."""

    def __init__(self) -> None:
        """Begin with nothing answered."""
        self.data = {}

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Go on with a flow that was not finished, or begin."""
        if not await self.async_hub_is_ready():
            return self.async_abort(reason="hub_not_ready")
        await self.async_meet()
        if (draft := (await self.async_charging()).draft) is None:
            return await self.async_step_begin()
        called = (draft.get(CONF_MAKE), draft.get(CONF_VEHICLE_MODEL) or draft.get(CONF_VIN))
        return self.async_show_menu(
            step_id="user",
            menu_options=["resume", "begin"],
            description_placeholders={"vehicle": " ".join(filter(None, called)) or "–"},
        )

    async def async_step_resume(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Go on where an earlier flow was left."""
        self.data = dict((await self.async_charging()).draft or {})
        return await self.async_step_vehicle()

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """What can be changed about a vehicle."""
        if not await self.async_hub_is_ready():
            return self.async_abort(reason="hub_not_ready")
        await self.async_meet()
        subentry = self._get_reconfigure_subentry()
        self.take_record((await self.async_charging()).by_subentry(subentry.subentry_id))
        # Who comes back to this page may go another way from it.
        self._only_entities, self.corrected = False, None
        run = self.record.run
        # What a utility that was left had agreed to is nothing to go on from.
        binding = run.current(dt_util.utcnow()) if self.bound else None
        self.data = {
            **subentry.data,
            CONF_VIN: run.vin,
            CONF_MAKE: run.make,
            CONF_VEHICLE_MODEL: run.model,
            CONF_BATTERY_SIZE: run.battery_wh / 1000 if run.battery_wh else None,
            CONF_NAME: subentry.title,
            CONF_OWNER: GUEST if run.guest else OWN,
            CONF_BILL_TO: binding.bill_to if binding else "vehicle_owner",
            CONF_PROGRAM: binding.program_id if binding else None,
            "vehicle_id": run.vehicle_id if self.bound or not run.bindings else None,
        }
        options, coming = ["document", "elsewhere"], self._coming()
        if self.at_home:
            self._fill_in(run, binding)
            living = binding is not None and binding.status is not BindingStatus.ENDED
            # Without a binding, who pays has to be said first.
            options += [
                *(["prices"] if binding else []),
                *(["prices_coming"] if coming else []),
                "home_account",
                *(["charger"] if binding else []),
                "entities",
                *(["end"] if living else []),
            ]
        else:
            options += ["account", "charger", "entities", "end"]
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=options,
            description_placeholders={"vehicle": subentry.title, "begins": self._begins_of(coming)},
        )

    def _coming(self) -> Binding | None:
        """Return the binding at home whose turn comes after the one that holds now."""
        if not self.at_home:
            return None
        now, run = dt_util.utcnow(), self.record.run
        coming = [each for each in run.bindings.values() if each.valid_from > now and not each.is_void]
        first = min(coming, key=lambda each: each.valid_from, default=None)
        return first if first is not run.current(now) else None

    def _begins_of(self, binding: Binding | None) -> str:
        return self.words.style.day(dt_util.as_local(binding.valid_from)) if binding else "–"

    async def async_step_prices_coming(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Correct what was agreed for a coming day: nothing is charged under it, another takes its place."""
        if (coming := self._coming()) is None:
            return await self.async_step_reconfigure()
        self.corrected = coming
        self._fill_in(self.record.run, coming)
        return await self.async_step_prices()

    async def async_step_entities(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Change the entities only; the binding stays as it is."""
        self._only_entities = True
        return await self.async_step_charger(user_input)

    _only_entities = False

    def _fill_in(self, run: VehicleRun, binding: Binding | None) -> None:
        """Fill the pages with what is agreed to now."""
        if self.bound or not run.bindings:
            self.data[CONF_PREMISE] = run.premise_id
        if binding is None:
            return
        self.data |= {
            CONF_PAYER: binding.bill_to,
            CONF_PAYER_NUMBER: binding.payer.number,
            CONF_HOLDER: binding.payer.holder,
            CONF_CONTRACT_ID: binding.contract_id,
            CONF_RATES: rates_of(run.programs[binding.id]),
            CONF_VALID_FROM: binding.valid_from.isoformat() if binding.valid_from > dt_util.utcnow() else None,
        }

    @override
    async def async_described(self) -> SubentryFlowResult:
        if self._only_entities:
            return await self._async_keep_entities()
        if self.source == SOURCE_RECONFIGURE:
            return await (self.async_step_preview() if self.at_home else self.async_step_program())
        return await (self.async_step_home_account() if self.at_home else self.async_step_account())

    @override
    async def async_rate_chosen(self) -> SubentryFlowResult:
        return await (self.async_step_preview() if self.at_home else self.async_step_program())

    async def _async_keep_entities(self) -> SubentryFlowResult:
        subentry = self._get_reconfigure_subentry()
        self.record.data = self.subentry_data()
        await (await self.async_charging()).async_save()
        return self.async_update_and_abort(self.entry, subentry, data=self.record.data, reason="entities_changed")

    async def async_step_end(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """End the binding on a date, because the vehicle was sold for example; what was billed stays."""
        errors: dict[str, str] = {}
        run = self.record.run
        if user_input is not None and (page := self.way_back(user_input)) is not None:
            return await page()
        if user_input is not None and CONF_REASON not in user_input:
            errors[CONF_REASON] = "reason_missing"
        elif user_input is not None:
            delivery = self.manager.delivery  # ends the dialog where there is nothing to end any more
            until = moment(on_day(user_input[CONF_VALID_UNTIL], user_input[CONF_VALID_UNTIL_TIME]))
            run.ending = {"valid_until": until.isoformat(), "reason": user_input[CONF_REASON]}
            try:
                await delivery.async_end(self.record)
            except UtilityError as err:
                run.ending = None
                errors["base"] = err.reason
            else:
                self.manager.async_tell()
                return self.async_abort(
                    reason="binding_ended", description_placeholders={"vehicle": plain(self.record.title)}
                )
        now = dt_util.now()
        suggested = user_input or {CONF_VALID_UNTIL: f"{now:%Y-%m-%d}", CONF_VALID_UNTIL_TIME: f"{now:%H:%M:%S}"}
        return self.async_show_form(
            step_id="end",
            data_schema=self.add_suggested_values_to_schema(vehicle_forms.END, suggested),
            description_placeholders={"vehicle": self.record.title},
            errors=errors,
        )

    async def async_step_document(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the binding record."""
        if user_input is not None:
            return await self.async_step_reconfigure()
        charging = await self.async_charging()
        document = await async_binding_document(self.hass, charging, self.record, self.person)
        return self.async_show_form(
            step_id="document",
            description_placeholders={
                "links": await async_links(self.hass, Held(self.manager, self.record, self.entry)),
                "document": document,
            },
            last_step=True,
        )

    @override
    async def async_finish(self, said: str, told: dict[str, str]) -> SubentryFlowResult:
        if self.source != SOURCE_RECONFIGURE:
            return await super().async_finish(said, told)
        self.manager.async_tell()
        self.hass.config_entries.async_update_subentry(
            self.entry, self._get_reconfigure_subentry(), data=self.record.data
        )
        return self.async_abort(reason=said, description_placeholders=told)

    @callback
    @override
    def async_remove(self) -> None:
        """Let the hub go on with the vehicle when the dialog is closed, wherever it was left."""
        super().async_remove()
        if self._task is not None:
            self._task.cancel()
        if self.charging is None or self.is_removed:
            return
        self.charging.pictures.pop(self.flow_id, None)
        if not self.begun:
            return
        charging, record = self.charging, self.record
        claimed = record.key in charging.claimed
        charging.claimed.pop(record.key, None)
        told = bool(record.run.bindings) or record.run.vehicle_id is not None
        if claimed and not told:
            # Nothing was told to the utility: it is a draft again.
            del charging.vehicles[record.key]
            charging.draft = self.data
            self.hass.async_create_task(charging.async_save())
        elif claimed and not any(each.unique_id == record.run.vin for each in self.entry.subentries.values()):
            self.hass.config_entries.async_schedule_reload(self.entry.entry_id)
        elif (shown := self.entry.subentries.get(record.subentry_id or "")) is not None and shown.data != record.data:
            # What was agreed to in it holds, though its last page was not seen.
            self.hass.config_entries.async_schedule_reload(self.entry.entry_id)
        elif self.hub_is_ready:
            self.manager.delivery.async_wake()
