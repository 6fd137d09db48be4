"""Pages IP-6 to IP-9: Home Assistant is commissioned step by step; what there is to do where that does not work."""

from typing import Any, override

from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigFlowResult

from ...const import CONF_GATEWAY_SFDI, CONF_KIND
from ...gateway import DeviceState
from ...procedures import (
    INSTALLATIONS,
    CommissioningRun,
    DeviceKind,
    Method,
    Outcome,
    Step,
    StepResult,
    commission,
    take_back,
)
from ..reach.transport import Transport, place_of
from .dialog import GatewayDialog
from .progress import shows_progress


class CommissioningPages(GatewayDialog):
    """Takes the steps, waits for the utility, and goes on in the background where that takes long."""

    @override
    async def async_begin(self, method: Method, pin: int | None) -> ConfigFlowResult:
        """Begin with what was entered, here or by the entry that exists already."""
        before = (await self.async_store()).run(self.data[CONF_GATEWAY_SFDI])
        self.take_run(CommissioningRun(method, INSTALLATIONS[DeviceKind(self.data[CONF_KIND])].device_category, pin))
        if before is not None:
            # What is on the gateway's list already is taken up, and known to be ours.
            self.run.added_as = before.added_as
        self._note_prepared(self.run, before)
        await self._async_save_run(self.run)
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            return await self.async_hand_over()
        self._waiting_since = None
        return await self.async_step_commission()

    @override
    @shows_progress
    async def async_step_commission(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-6 to IP-9: shown step by step; the utility's part is waited for."""
        if (end := await self._async_step_on(self._async_next_step)) is None:
            action, told = self._commissioning_action, {}
            if action == "waiting" and self.transport is Transport.IP:
                action, told = "waiting_portal", await self.async_who_we_are()
            return self.async_show_progress(
                step_id="commission", progress_action=action, progress_task=self._task, description_placeholders=told
            )
        page = self._page_after_commissioning(end, pending="pending")
        return self.async_show_progress_done(next_step_id=page)

    async def _async_next_step(self) -> StepResult | None:
        """Return the next result of the procedure, None when it is through."""
        if self._steps is None:
            await self.async_read_words()
            await self._async_rested()
            self._steps = commission(await self.async_link(), self.run, self._async_save_run)
        return await anext(self._steps, None)

    def _note_prepared(self, run: CommissioningRun, before: CommissioningRun | None) -> None:
        """Put into ``run`` what came of the steps until here; those of an earlier dialog stand as they did."""
        for step in (Step.IP_1, Step.IP_2, Step.IP_3, Step.IP_4):
            if (result := self.prepared.get(step)) is not None:
                run.note(result)
            elif before is not None and step in before.results:
                run.results[step.value] = before.results[step]
        run.note(StepResult(Step.IP_5, Outcome.DONE, evidence={"method": run.method.value}))

    async def async_step_pending(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The utility has not acted yet: wait on, or let Home Assistant wait in the background."""
        told = "portal" if self.transport is Transport.IP else "join_portal"
        return self.async_show_menu(step_id="pending", menu_options=["background", "commission", told])

    async def async_step_commission_failed(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what went wrong, and what can be done about it; what was entered is kept until all is begun anew."""
        instead = ["portal"] if self.run.method is Method.IN_BAND else []
        words = self.page_words
        step = self._result.step.name.lower() if self._result is not None else "ip_6"
        return self.async_show_menu(
            step_id="commission_failed",
            menu_options=["commission", *instead, "method", "start_over"],
            description_placeholders={
                "address": place_of(self.data),
                "doing": words.doing(step),
                "reason": words.error(self._errors["base"]),
            },
        )

    async def async_step_start_over(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Forget what was entered, and take back what the gateway was told; the identity stays in this dialog."""
        store, key = await self.async_store(), self.data[CONF_GATEWAY_SFDI]
        if (run := self.run if self.begun else store.run(key)) is not None and run.href is not None:
            await take_back(await self.async_link(), run)
        await self._async_drop_draft()
        await store.async_drop("runs", key)
        await self._async_let_go()
        self.data, self.prepared, self.begun, self.way = {}, {}, False, None
        return await self.async_begin_again()

    async def async_step_background(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Finish the dialog; the entry goes on by itself and says when it is through."""
        return await self.async_finish(DeviceState.COMMISSIONING)

    @override
    async def async_step_resume(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Commissioning was begun before: go on with it, choose anew how, or forget it."""
        return self.async_show_menu(
            step_id="resume",
            menu_options=["commission", "method", "start_over"],
            description_placeholders={"gateway": self.gateway_name(), "place": place_of(self.data)},
        )
