"""Pages IP-5 to IP-11: a person commissions Home Assistant on a gateway that was found."""

from collections.abc import Mapping
from typing import Any, override

from aio2030dot5 import format_lfdi
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_PIN

from ...const import (
    CONF_ADDED_BY_US,
    CONF_FORMER,
    CONF_FORMER_DEVICES,
    CONF_GATEWAY_LFDI,
    CONF_GATEWAY_SFDI,
    CONF_IDENTITY,
    CONF_KIND,
    CONF_NOTIFY,
    CONF_PREMISE,
    CONF_STATE,
    CONF_VTN,
    SUBENTRY_DEVICE,
)
from ...gateway import DeviceState, Identity, Reason, label_of, parse_pin
from ...procedures import (
    INSTALLATIONS,
    CommissioningRun,
    DeviceKind,
    Method,
    Step,
    StepResult,
    commission,
    take_back,
)
from ..leaving import former_devices
from ..link import async_open_link
from ..transport import Transport, place_of
from . import forms as flow_forms
from .dialog import GatewayDialog


class CommissioningPages(GatewayDialog):
    """Commissions Home Assistant step by step, and makes the entry."""

    @override
    async def async_step_method(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-5: how the gateway comes to know us, and as whom."""
        await self.async_keep_draft()
        store = await self.async_store()
        options = ["portal", "in_band", "identity_import"]
        if store.all("identities"):
            options.append("identity_kept")
        return self.async_show_menu(
            step_id="method",
            menu_options=options,
            description_placeholders={"lfdi": format_lfdi((await self.async_ensure_identity()).lfdi)},
        )

    @override
    async def async_identity_chosen(self) -> ConfigFlowResult:
        """Go back to IP-5 with the identity chosen."""
        await self._async_part_with_former()
        self._gateway = None
        await self.async_link()
        return await self.async_step_method()

    async def _async_part_with_former(self) -> None:
        """Have what was announced with another identity taken back: at once, or when the one chosen was let in.

        The gateway lets nobody take it back but who announced it.
        """
        kept = self.data.get(CONF_IDENTITY)
        if kept is None:
            return
        former = await self.hass.async_add_executor_job(Identity.from_dict, kept)
        if (await self.async_ensure_identity()).lfdi == former.lfdi:
            return
        run = (await self.async_store()).run(self.data[CONF_GATEWAY_SFDI])
        ours = run.href if run is not None and run.added_as == former.lfdi else None
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            devices = self._announced_by_former()
            if ours is not None or devices:
                left = {CONF_IDENTITY: kept, "href": ours, CONF_FORMER_DEVICES: devices}
                self.data[CONF_FORMER] = [*self.data.get(CONF_FORMER, ()), left]
        elif run is not None and ours is not None:
            await take_back(await async_open_link(self.hass, self.data), run)
            await self._async_save_run(run)

    def _announced_by_former(self) -> list[str]:
        """Return the devices (LFDIs) that this gateway was told of by the identity that the hub has had until now."""
        reauth = self.source == SOURCE_REAUTH
        entry = self._get_reauth_entry() if reauth else self._get_reconfigure_entry()
        if entry.data.get(CONF_GATEWAY_LFDI) != self.data[CONF_GATEWAY_LFDI]:
            return []  # it is another meter, which knows none of them
        earlier = former_devices(self.data)
        announced = [each for each in entry.get_subentries_of_type(SUBENTRY_DEVICE) if each.data.get(CONF_ADDED_BY_US)]
        return [str(each.unique_id) for each in announced if each.unique_id not in earlier]

    async def async_step_portal(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-5, out-of-band: the person gives our LFDI to the utility, and our PIN where it asks for one."""
        if user_input is not None:
            return await self.async_begin(Method.OUT_OF_BAND, int(self.ensure_pin()))
        shown = await self._async_who_we_are()
        return self.async_show_form(
            step_id="portal",
            data_schema=flow_forms.to_scan(label_of(**shown)),
            description_placeholders=shown,
            last_step=False,
        )

    async def async_step_in_band(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-5, in-band: our PIN, which the gateway has to know as well, or another that the person was given."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                pin = parse_pin(user_input[CONF_PIN])
            except ValueError:
                errors[CONF_PIN] = "invalid_pin"
            else:
                self.data[CONF_PIN] = f"{pin:06d}"
                await self.async_keep_draft()
                return await self.async_begin(Method.IN_BAND, pin)
        shown = await self._async_who_we_are()
        return self.async_show_form(
            step_id="in_band",
            data_schema=self.add_suggested_values_to_schema(
                flow_forms.in_band(label_of(**shown)), user_input or {CONF_PIN: shown["pin"]}
            ),
            description_placeholders=shown,
            errors=errors,
            last_step=False,
        )

    async def _async_who_we_are(self) -> dict[str, str]:
        """Return what the utility may be told of us, for people to read."""
        identity = await self.async_ensure_identity()
        pin = self.ensure_pin()
        await self.async_keep_draft()
        return {"lfdi": format_lfdi(identity.lfdi), "sfdi": identity.sfdi, "pin": pin}

    async def async_step_pin_differs(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-7: the gateway holds another PIN for us, which may be a default of its own, or another home's."""
        return self.async_show_menu(
            step_id="pin_differs",
            menu_options=["pin_accept", "pin_again"],
            description_placeholders={"gateway": self.gateway_name(), "pin": self.ensure_pin()},
        )

    async def async_step_pin_accept(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The person knows that it is the right gateway."""
        if self.run is None:
            raise RuntimeError("a PIN without a run")
        self.run.pin_accepted = True
        await self._async_save_run(self.run)
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            return await self._async_hand_over()
        return await self.async_step_commission()

    async def async_step_pin_again(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The person was told another PIN, or doubts the gateway: nothing is left there."""
        if self.run is not None:
            await take_back(await self.async_link(), self.run)
            await self._async_save_run(self.run)
        return await self.async_step_in_band()

    @override
    async def async_begin(self, method: Method, pin: int | None) -> ConfigFlowResult:
        """Begin with what was entered, here or by the entry that exists already."""
        before = (await self.async_store()).run(self.data[CONF_GATEWAY_SFDI])
        self.run = CommissioningRun(method, INSTALLATIONS[DeviceKind(self.data[CONF_KIND])].device_category, pin)
        if before is not None:
            # What is on the gateway's list already is taken up, and known to be ours.
            self.run.added_as = before.added_as
        await self._async_save_run(self.run)
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            return await self._async_hand_over()
        self._waiting_since = None
        return await self.async_step_commission()

    async def async_step_commission(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-6 to IP-9: shown step by step; the utility's part is waited for."""
        if (end := await self._async_step_on(self._async_next_step)) is None:
            return self.async_show_progress(
                step_id="commission", progress_action=self._commissioning_action, progress_task=self._task
            )
        page = self._page_after_commissioning(end, pending="pending")
        return self.async_show_progress_done(next_step_id=page)

    async def _async_next_step(self) -> StepResult | None:
        """Return the next result of the procedure, None when it is through."""
        if self._steps is None:
            await self._async_rested()
            if self.run is None:
                raise RuntimeError("commissioning without a run")
            self._steps = commission(await self.async_link(), self.run, self._async_save_run)
        return await anext(self._steps, None)

    async def async_step_pending(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The utility has not acted yet: wait on, or let Home Assistant wait in the background."""
        return self.async_show_menu(step_id="pending", menu_options=["background", "commission", "portal"])

    async def async_step_commission_failed(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what went wrong; submitting tries again with everything kept."""
        if user_input is not None:
            return await self.async_step_commission()
        return self.async_show_form(
            step_id="commission_failed",
            errors=self._errors,
            description_placeholders={**self._of_failure, "address": place_of(self.data)},
        )

    async def async_step_background(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Finish the dialog; the entry goes on by itself and says when it is through."""
        return await self._async_finish(DeviceState.COMMISSIONING)

    @override
    async def async_step_commissioned(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-10 and IP-11: what was joined, and what the gateway says about registration."""
        if user_input is not None:
            return await self.async_step_utility()
        if self.run is None:
            raise RuntimeError("commissioned without a run")
        evidence = {step: self.run.found(step) for step in (Step.IP_7, Step.IP_8, Step.IP_9, Step.IP_10, Step.IP_11)}
        found = evidence[Step.IP_8]
        return self.async_show_form(
            step_id="commissioned",
            data_schema=flow_forms.commissioned(
                evidence[Step.IP_10]["signal"],
                evidence[Step.IP_7]["security"],
                "\n".join(evidence[Step.IP_11]["instructions"]) or None,
                found.get("files", ()),
                radio=self.transport is not Transport.IP,
            ),
            # Whoever wanted readings is told that there are none.
            errors=self._remarks(evidence),
            description_placeholders={
                "gateway": self.gateway_name(),
                "manufacturer": " ".join(filter(None, (found["manufacturer"], found["model"]))) or "–",
                "firmware": found["software_version"] or "–",
                "registers": str(evidence[Step.IP_7]["registers"]),
                "lfdi": await self._async_known_as(),
            },
        )

    def _remarks(self, evidence: Mapping[Step, Mapping[str, Any]]) -> dict[str, str]:
        if evidence[Step.IP_9].get("pin_fits") is False:
            return {"base": "pin_differs"}
        return {} if evidence[Step.IP_7]["registers"] else {"base": Reason.NO_READINGS}

    async def _async_known_as(self) -> str:
        if self.transport is Transport.IP:
            return format_lfdi((await self.async_ensure_identity()).lfdi)
        return str(self.data[CONF_GATEWAY_SFDI])

    async def async_step_utility(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer registration at once (IP-11): sign in with the utility now, or leave it for later."""
        if self.source == SOURCE_RECONFIGURE:
            return await self.async_step_finish()  # the hub has its way to the utility
        return self.async_show_menu(step_id="utility", menu_options=["account", "vtn", "finish"])

    async def async_step_finish(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Finish with what there is; an account can be linked later."""
        return await self._async_finish(DeviceState.COMMISSIONED)

    async def _async_finish(self, state: DeviceState) -> ConfigFlowResult:
        await self._async_drop_draft()
        if self._gateway is not None:
            # Spares the meter being discovered a second time by the entry.
            self.data[CONF_GATEWAY_LFDI] = self._gateway.expected_lfdi or self.data[CONF_GATEWAY_LFDI]
            link = {CONF_GATEWAY_LFDI: self.data[CONF_GATEWAY_LFDI], "gateway": self._gateway.snapshot()}
            await self._async_let_go()
            await (await self.async_store()).async_put("links", self.data[CONF_GATEWAY_SFDI], link)
        if self.source == SOURCE_RECONFIGURE:
            return await self._async_hand_over(state)
        notify = self.data.pop(CONF_NOTIFY, None)
        return self.async_create_entry(
            title=self.data[CONF_PREMISE]["name"],
            data={**self.data, CONF_STATE: state.value},
            options={CONF_NOTIFY: notify} if notify else {},
        )

    async def _async_hand_over(self, state: DeviceState = DeviceState.COMMISSIONING) -> ConfigFlowResult:
        """Let the existing entry commission, again or for the first time, with what was chosen here."""
        reauth = self.source == SOURCE_REAUTH
        entry = self._get_reauth_entry() if reauth else self._get_reconfigure_entry()
        await self._async_drop_draft()
        await self._async_let_go()
        # A hub that had no meter has a utility, which stays.
        kept = {CONF_VTN: entry.data[CONF_VTN]} if CONF_VTN in entry.data else {}
        return self.async_update_reload_and_abort(
            entry,
            unique_id=self.data[CONF_GATEWAY_SFDI],
            data={**kept, **self.data, CONF_STATE: state.value},
            reason="commissioning_continues",
        )

    @override
    async def async_step_resume(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Commissioning was begun before: go on with it, or choose anew how."""
        return self.async_show_menu(step_id="resume", menu_options=["commission", "method"])
