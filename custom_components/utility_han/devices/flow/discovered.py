"""Pages on which a device is found on the gateway's list (IP-9)."""

from typing import Any

from aio2030dot5 import format_lfdi
from aio2030dot5.identity import sfdi_from_lfdi
from homeassistant.config_entries import SubentryFlowResult

from ...const import CONF_GATEWAY_LFDI, CONF_IDENTITY, CONF_LFDI, CONF_SFDI, LOGGER, SUBENTRY_DEVICE
from ...gateway import GatewayError, Listed, parse_lfdi
from ...procedures import DeviceMethod, ZigbeeCredentials
from . import forms as device_forms
from .dialog import DeviceDialog
from .forms import CONF_KEY


class DiscoveredPages(DeviceDialog):
    """Leads from the gateway's list to one of the devices on it."""

    async def async_begin(
        self, method: DeviceMethod, zigbee: ZigbeeCredentials | None = None, *, pin_accepted: bool = False
    ) -> SubentryFlowResult:
        """Begin to commission the device that is known by now."""
        raise NotImplementedError

    def known_lfdis(self) -> set[str]:
        """Return the identifiers of all that there is on this gateway: it, us, and devices that were added."""
        taken = {str(subentry.unique_id) for subentry in self.entry.get_subentries_of_type(SUBENTRY_DEVICE)}
        return taken | {self.hub.gateway.client_lfdi, self.entry.data.get(CONF_GATEWAY_LFDI, "")}

    async def async_step_discovered(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """IP-9 first: the device is among those that the gateway lists."""
        if user_input is not None:
            try:
                return await self._async_take_discovered(parse_lfdi(user_input[CONF_LFDI]))
            except ValueError:  # it is told by its SFDI alone
                self.data[CONF_SFDI] = user_input[CONF_LFDI]
                return await self.async_step_discovered_label()
        try:
            listed = await self.hub.gateway.listed_devices() or []
        except GatewayError as err:
            LOGGER.warning("the gateway's list cannot be read: %s", err.detail)
            words = await self.async_read_words()
            return self.async_show_menu(
                step_id="list_unread",
                menu_options=["discovered", "method"],
                description_placeholders={"reason": words.error(err.reason)},
            )
        devices = Listed(listed)
        taken = [devices.get(lfdi) for lfdi in self.known_lfdis()]
        options = {
            device.lfdi or device.sfdi: f"{device.sfdi} — {format_lfdi(device.lfdi)}" if device.lfdi else device.sfdi
            for device in listed
            if device not in taken
        }
        if not options:
            return self.async_show_menu(step_id="not_listed", menu_options=["discovered", "method"])
        return self.async_show_form(step_id="discovered", data_schema=device_forms.listed(options), last_step=False)

    async def async_step_discovered_label(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """IP-9: the gateway tells the SFDI alone, which follows from the LFDI, and not the other way round."""
        errors: dict[str, str] = {}
        sfdi = self.data[CONF_SFDI]
        if user_input is not None:
            try:
                lfdi = parse_lfdi(user_input[CONF_LFDI])
            except ValueError:
                errors[CONF_LFDI] = "invalid_lfdi"
            else:
                if sfdi_from_lfdi(lfdi) == sfdi:
                    return await self._async_take_discovered(lfdi)
                errors[CONF_LFDI] = "lfdi_of_another"
        schema = self.add_suggested_values_to_schema(device_forms.DISCOVERED_LABEL, user_input)
        return self.async_show_form(
            step_id="discovered_label",
            data_schema=schema,
            errors=errors,
            description_placeholders={"sfdi": sfdi},
            last_step=False,
        )

    async def _async_take_discovered(self, lfdi: str) -> SubentryFlowResult:
        self.data |= {CONF_LFDI: lfdi, CONF_SFDI: sfdi_from_lfdi(lfdi)}
        self.data.pop(CONF_IDENTITY, None)
        self.data.pop(CONF_KEY, None)  # one that was made here is not that of a device that others registered
        return await self.async_begin(DeviceMethod.DISCOVERED)

    async def async_step_list_unread(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """The gateway's list could not be read: try again, or go another way."""
        return await self.async_step_discovered()

    async def async_step_not_listed(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Nothing is listed that was not added: look again, or go another way."""
        return await self.async_step_discovered()
