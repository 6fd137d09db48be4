"""The page on which a household sees what it agrees to, and agrees (SC-1)."""

from datetime import timedelta
from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, SubentryFlowResult
from homeassistant.util import dt as dt_util

from ...devices.flow.forms import CONF_CONSENT
from ...hub.telling.texts import plain
from ...procedures import masked
from ...utility import Payer, RateProgram
from ..chargers.sources import CONF_EVSE
from .binding import VehicleBindingPages, moment
from .forms import CONF_LATER, CONF_VALID_FROM, agreement, back, later_of
from .home_account import HomeAccountPages
from .home_forms import CONF_CONTRACT_ID, CONF_HOLDER, CONF_PAYER_NUMBER, CONF_PREMISE
from .periods import PeriodPages

_EARLIEST, _LATEST = timedelta(days=3 * 366), timedelta(days=366)
"""What was charged is kept for three years."""


class PreviewPages(PeriodPages, HomeAccountPages, VehicleBindingPages):
    """Leads from prices to consent to them."""

    async def async_step_preview(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Prices, the weeks as pictures, who pays, from when on; and consent."""
        errors: dict[str, str] = {}
        if user_input is not None and (page := self.way_back(user_input)) is not None:
            return await page()
        if user_input is not None:
            fixed = self.corrected.valid_from if self.corrected else None
            day = later_of(user_input).get(CONF_VALID_FROM) or fixed
            begins = fixed or moment(f"{day} 00:00:00" if day else None)
            now = dt_util.utcnow()
            if not user_input[CONF_CONSENT]:
                errors[CONF_CONSENT] = "agreement_missing"
            elif not now - _EARLIEST <= begins <= now + _LATEST:
                errors[CONF_LATER] = "date_too_far"
            else:
                self.data |= {
                    CONF_VALID_FROM: begins.isoformat() if day else None,
                    "consented_at": now.isoformat(timespec="seconds"),
                }
                await self.async_keep_draft()
                return await self.async_bind_anew()
        errors, shown = errors or self.failed_for("preview"), user_input or self._begins()
        if self.corrected and CONF_LATER in errors:
            errors = {"base": errors[CONF_LATER]}
        conflict = self.conflict()
        return self.async_show_form(
            step_id="preview",
            data_schema=self.add_suggested_values_to_schema(
                agreement(back(*self._pages_back()), shown, errors, fixed=self.corrected is not None), shown
            ),
            description_placeholders={
                "prices": self.shown_prices,
                "weeks": await self.async_weeks(self.program()),
                "payer": f"{plain(self.data[CONF_HOLDER])}, {masked(self.data[CONF_PAYER_NUMBER])}",
                "premise": plain(self.data[CONF_PREMISE]),
                "evse": plain(self.data[CONF_EVSE]["name"]),
                "conflict": conflict,
                "wrong": await self.async_wrong(errors, {"conflict": conflict}, self.person.language),
            },
            errors=errors,
            last_step=False,
        )

    def _pages_back(self) -> tuple[str, ...]:
        if self.source == SOURCE_RECONFIGURE:
            return ("prices", "home_account", "reconfigure")
        return ("home_account", "vehicle", "prices")

    def _begins(self) -> dict[str, Any]:
        known = self.data.get(CONF_VALID_FROM)
        day = {CONF_VALID_FROM: dt_util.as_local(moment(known)).date().isoformat()} if known else {}
        return {CONF_LATER: day} if day else {}

    @override
    def agreed_program(self) -> RateProgram:
        return self.program() if self.at_home else super().agreed_program()

    @override
    def payer(self) -> Payer | None:
        return Payer(self.data[CONF_PAYER_NUMBER], self.data[CONF_HOLDER]) if self.at_home else None

    @override
    def contract_id(self) -> str | None:
        return self.data.get(CONF_CONTRACT_ID) if self.at_home else None

    @override
    def premise_id(self) -> str:
        return str(self.data[CONF_PREMISE]) if self.at_home else super().premise_id()
