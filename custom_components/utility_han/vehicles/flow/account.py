"""The second page where the utility binds: who pays for what is charged, and by which rate program (SC-1)."""

import re
from collections.abc import Collection
from typing import Any

from homeassistant.config_entries import SubentryFlowResult

from ...hub.telling.texts import plain
from ...utility import RateProgram, UtilityError, UtilityReason
from ..chargers.sources import CONF_ENERGY
from ..rates.comparison import async_last_month
from . import forms as vehicle_forms
from .dialog import VehicleDialog
from .forms import CONF_ACCOUNT_NUMBER, CONF_BILL_TO, CONF_OWNER, CONF_PAYS, CONF_PROGRAM, GUEST, OWN, PAYS

_ACCOUNT = re.compile(r"[0-9]{4,20}")


class AccountPages(VehicleDialog):
    """Leads from a vehicle to one of which it is known who pays, and by which rate program."""

    programs: list[RateProgram] | None = None
    """Those that are open at the premise; None until they are read, and where they are to be read anew."""

    async def async_step_account(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Whose the vehicle is, who pays for what it charges here, and the rate programs with hours and prices."""
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = self._take_account(user_input)
            if (page := self.way_back(user_input)) is not None:
                return await page()
            if not errors:
                await self.async_keep_draft()
                return await self.async_rate_chosen()
        if (reason := await self.async_read_programs()) is not None:
            return self.async_abort(reason=reason)
        programs = self.programs or []
        shown = user_input or {**self.data, CONF_PAYS: self.pays}
        errors = errors or self.failed_for("account") or self._closed(programs)
        return self.async_show_form(
            step_id="account",
            data_schema=self.add_suggested_values_to_schema(
                vehicle_forms.account(
                    {program.id: f"{program.name}: {program.summary}" for program in programs},
                    shown.get(CONF_PROGRAM),
                    vehicle_forms.back(self.first_page),
                ),
                {name: value for name, value in shown.items() if name != CONF_PROGRAM},
            ),
            description_placeholders={
                "programs": await self.async_shown(programs),
                "wrong": await self.async_wrong(errors, language=self.person.language),
            },
            errors=errors,
            last_step=False,
        )

    def _closed(self, offered: Collection[RateProgram]) -> dict[str, str]:
        """Return that the program chosen before takes no more vehicles, where that is so."""
        chosen = self.data.get(CONF_PROGRAM)
        closed = chosen is not None and all(each.id != chosen for each in offered)
        return {CONF_PROGRAM: UtilityReason.PROGRAM_CLOSED} if closed else {}

    @property
    def pays(self) -> str:
        """Who pays, as the page offers it."""
        known = (self.data.get(CONF_OWNER, OWN), self.data.get(CONF_BILL_TO))
        return next((each for each, said in PAYS.items() if said == known), OWN)

    def _take_account(self, typed: dict[str, Any]) -> dict[str, str]:
        """Take what was answered; return what is wrong with it, as errors of the form."""
        number = re.sub(r"[\s-]", "", typed.get(CONF_ACCOUNT_NUMBER) or "")
        owner, bill_to = PAYS[typed[CONF_PAYS]]
        guest = owner == GUEST
        known_guest = guest and self.data.get(CONF_OWNER) == GUEST and "vehicle_id" in self.data
        if guest and not known_guest and not _ACCOUNT.fullmatch(number):
            return {CONF_ACCOUNT_NUMBER: "account_number_missing"}
        program = next((each for each in self.programs or [] if each.id == typed[CONF_PROGRAM]), None)
        if program is not None and guest and not program.guests:
            return {CONF_PROGRAM: "program_not_for_guests"}
        if owner != self.data.get(CONF_OWNER, OWN):
            self.data.pop("vehicle_id", None)
        self.data |= {
            CONF_OWNER: owner,
            CONF_BILL_TO: bill_to,
            CONF_ACCOUNT_NUMBER: number if guest and not known_guest else None,
            CONF_PROGRAM: typed[CONF_PROGRAM],
        }
        return {}

    def premise_id(self) -> str:
        """Return the premise."""
        return self.account.premise_id or ""

    async def async_read_programs(self) -> str | None:
        """Have the rate programs at hand; return why there are none."""
        if self.programs is None:
            try:
                self.programs = [each for each in await self.utility.rate_programs(self.premise_id()) if each.open]
            except UtilityError as err:
                return err.reason
        return None if self.programs else "no_rate_program"

    async def async_shown(self, programs: list[RateProgram]) -> str:
        """Return hours and prices of programs as Markdown, with what the month before would have cost."""
        last = await async_last_month(self.hass, self.data.get(CONF_ENERGY), programs)
        shown = (
            (f"**{plain(each.name)}**", self.words.table(each), self.words.last_month(each, last)) for each in programs
        )
        return "\n\n".join(part for parts in shown for part in parts if part)
