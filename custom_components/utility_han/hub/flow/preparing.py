"""Pages IP-1 to IP-4: a gateway that was found, and whether all on our side is well."""

from typing import Any, override

from homeassistant.config_entries import ConfigFlowResult

from ...const import CONF_KIND
from ...gateway import GatewayError, Signal
from ...procedures import Check, CheckResult, CheckVerdict, Outcome, Step, figures
from ..reach.transport import Transport, place_of
from ..reach.wifi import wifi_signal
from ..self_checks import async_self_check, async_self_test
from ..telling.words import Sheet
from .found import FoundFields
from .progress import shows_progress
from .words import checked, rated

UNMEASURED = "unmeasured"
"""What a way is where nothing came back."""


class PreparingPages(FoundFields):
    """Leads from a gateway that was found to how it comes to know us."""

    _checks: list[CheckResult]

    @override
    async def async_step_location(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-1 and IP-4: what was found, how good the way to it is, and what it is to be called."""
        errors: dict[str, str] = {}
        if user_input is not None and not (errors := self.take_found(user_input)):
            return await self.async_step_self_check()
        return self.async_show_form(
            step_id="location",
            data_schema=self.found_schema(user_input),
            description_placeholders={
                "gateway": self.gateway_name(),
                "place": place_of(self.data),
                "way": "\n".join(await self._async_way()),
            },
            errors=errors,
            last_step=False,
        )

    async def _async_way(self) -> list[str]:
        """Return how good the way to the gateway is, in lines."""
        words, signal = await self.async_read_words(), await self._async_signal()
        quality = signal.quality.value if signal is not None else UNMEASURED
        measured = f" ({figures(signal)})" if signal is not None else ""
        lines = [
            words.line(words.label("location", "way"), words.value(Sheet.WAY, quality) + measured, rated(quality))
        ]
        if (wifi := wifi_signal(self.hass)) is not None:
            lines.append(words.line(words.label("location", "wifi"), wifi))
        return lines

    async def _async_signal(self) -> Signal | None:
        try:
            return await (await self.async_link()).measure_signal()
        except GatewayError:
            return None

    @override
    @shows_progress
    async def async_step_self_check(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-3: the client checks itself; who has nothing to say about it is asked nothing."""
        if self._task is None:
            self._task = self.hass.async_create_task(self._async_self_check(), eager_start=False)
        if not self._task.done():
            return self.async_show_progress(
                step_id="self_check", progress_action="self_check", progress_task=self._task
            )
        self._checks, self._task = await self._task, None
        found = {each.check.value: {"verdict": each.verdict.value, "finding": each.finding} for each in self._checks}
        self.note(Step.IP_1, {"kind": self.data[CONF_KIND], "way": found.get(Check.NETWORK)})
        self.note(Step.IP_3, found, Outcome.FAILED if self._verdict is CheckVerdict.FAILED else Outcome.DONE)
        well = self._verdict is CheckVerdict.PASSED
        return self.async_show_progress_done(next_step_id="method" if well else "self_check_result")

    @property
    def _verdict(self) -> CheckVerdict:
        """The worst of all checks."""
        verdicts = {each.verdict for each in self._checks}
        return next(
            (worst for worst in (CheckVerdict.FAILED, CheckVerdict.MARGINAL) if worst in verdicts),
            CheckVerdict.PASSED,
        )

    async def _async_self_check(self) -> list[CheckResult]:
        await self.async_read_words()
        checks = await self._async_checks()
        await self.async_prepare_method()
        return checks

    async def _async_checks(self) -> list[CheckResult]:
        gateway = await self.async_link()
        if self.transport is not Transport.IP:
            await self._async_signal()  # a radio says who it is once it is spoken with
        if self.transport is Transport.RAVEN:  # it hears a network only once the utility has let it in
            return await async_self_test(self.hass, gateway, None)
        identity = await self.async_ensure_identity() if self.transport is Transport.IP else None
        return await async_self_check(self.hass, gateway, identity)

    async def async_step_self_check_result(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-3: something is not well: what fails stands in the way, what is marginal may be gone on with."""
        failed = self._verdict is CheckVerdict.FAILED
        words = self.page_words
        return self.async_show_menu(
            step_id="self_check_result",
            menu_options=["self_check", "start_over"] if failed else ["method", "self_check", "start_over"],
            description_placeholders={
                "checks": "\n".join(checked(words, self.prepared[Step.IP_3].evidence)),
                "verdict": words.error("self_check_failed" if failed else "self_check_marginal"),
            },
        )
