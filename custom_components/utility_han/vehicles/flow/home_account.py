"""The page that says who pays, where the household keeps the books itself (SC-1)."""

import re
from typing import Any

from homeassistant.config_entries import SubentryFlowResult

from ...procedures import ContractIdError, parse_contract_id
from . import home_forms
from .dialog import VehicleDialog
from .forms import CONF_ACCOUNT_NUMBER, CONF_BILL_TO, CONF_OWNER, GUEST, OWN
from .home_forms import CONF_CONTRACT_ID, CONF_HOLDER, CONF_PAYER, CONF_PAYER_NUMBER, CONF_PREMISE

_NUMBER = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9./-]{2,33}")
_LONGEST_NAME = 60


class HomeAccountPages(VehicleDialog):
    """Leads from a vehicle to one of which it is known who pays for what it charges, and where."""

    async def async_step_home_account(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Payer, account and premise as the household has them, and a contract where there is one."""
        errors: dict[str, str] = {}
        if user_input is not None:
            typed = {name: str(value).strip() for name, value in user_input.items()}
            errors = _unfit(typed, self.data.get(CONF_PAYER_NUMBER))
            if not errors:
                guest = typed[CONF_PAYER] == GUEST
                self.data[CONF_CONTRACT_ID] = None
                self.data |= typed | {
                    CONF_PAYER_NUMBER: _without_spaces(typed[CONF_PAYER_NUMBER]),
                    CONF_OWNER: GUEST if guest else OWN,
                    CONF_BILL_TO: typed[CONF_PAYER],
                    CONF_ACCOUNT_NUMBER: _without_spaces(typed[CONF_PAYER_NUMBER]) if guest else None,
                }
                if contract := typed.get(CONF_CONTRACT_ID):
                    self.data[CONF_CONTRACT_ID] = parse_contract_id(contract)
                await self.async_keep_draft()
                return await self.async_account_chosen()
        suggested = user_input or {CONF_PREMISE: self.hass.config.location_name, **self.data}
        return self.async_show_form(
            step_id="home_account",
            data_schema=self.add_suggested_values_to_schema(
                home_forms.account(bound=self.record is not None and bool(self.record.run.bindings)), suggested
            ),
            errors=errors,
            last_step=False,
        )


def _without_spaces(number: str) -> str:
    return re.sub(r"\s", "", number).upper()


def _unfit(typed: dict[str, str], known: str | None) -> dict[str, str]:
    """Return what is wrong, by field; the number that is ``known`` is shown without its beginning."""
    errors: dict[str, str] = {}
    for name in (CONF_HOLDER, CONF_PREMISE):
        if name not in typed:
            continue
        if not typed[name]:
            errors[name] = "name_missing"
        elif len(typed[name]) > _LONGEST_NAME:
            errors[name] = "name_too_long"
    number = _without_spaces(typed[CONF_PAYER_NUMBER])
    if number != known and not _NUMBER.fullmatch(number):
        errors[CONF_PAYER_NUMBER] = "invalid_payer_number"
    try:
        if contract := typed.get(CONF_CONTRACT_ID):
            parse_contract_id(contract)
    except ContractIdError as err:
        errors[CONF_CONTRACT_ID] = err.reason
    return errors
