"""The page on which a customer leaves their utility, and keeps the meter."""

from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, ConfigFlowResult
from homeassistant.const import CONF_TOKEN

from ...const import CONF_UTILITY
from ..access import async_end_permission
from .signing_in import AccountPages

_OF_ACCOUNT = (CONF_UTILITY, "auth_implementation", CONF_TOKEN)
"""What an entry has of an account, the last two as Home Assistant's OAuth2 keeps them."""
_SIGNING_IN = frozenset({"reauth_account", "account", "pick_implementation", "auth", "premise"})


class LeavingPages(AccountPages):
    """Says what stays at the utility, and gives the permission back."""

    async def async_step_account_leave(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on without an account; as where another is linked, nothing is deregistered unasked."""
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            await async_end_permission(self.hass, entry)
            for flow in entry.async_get_active_flows(self.hass, {SOURCE_REAUTH}):
                if flow.get("step_id") in _SIGNING_IN:  # nobody is asked for what is left
                    self.hass.config_entries.flow.async_abort(flow["flow_id"])
            data = {key: value for key, value in entry.data.items() if key not in _OF_ACCOUNT}
            return self.async_update_reload_and_abort(entry, data=data, reason="account_left")
        return self.show_stays_behind("account_leave", entry, *await self.async_stays_behind(entry))
