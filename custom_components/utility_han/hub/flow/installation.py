"""The page on which a person confirms what installing needs: Home Assistant itself (IP-2), or a device (UR-2)."""

from abc import abstractmethod
from typing import Any

import probatio
from homeassistant.data_entry_flow import FlowHandler, FlowResult
from homeassistant.helpers.selector import BooleanSelector

from ...const import CONF_KIND
from ...procedures import INSTALLATIONS, DeviceKind


class InstallationPage[ResultT: FlowResult[Any, Any]](FlowHandler[Any, ResultT, Any]):
    """One box to tick for everything that the kind in ``data`` needs."""

    data: dict[str, Any]

    async def async_step_installation(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """IP-2 and UR-2: what installing that kind of device needs."""
        needs = INSTALLATIONS[DeviceKind(self.data[CONF_KIND])].needs
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = {need: "not_confirmed" for need in needs if not user_input[need]}
            if not errors:
                return await self.async_installed()
        boxes = probatio.Schema({probatio.Required(need.value, default=False): BooleanSelector() for need in needs})
        return self.async_show_form(
            step_id="installation",
            data_schema=self.add_suggested_values_to_schema(boxes, user_input),
            errors=errors,
            last_step=False,
        )

    @abstractmethod
    async def async_installed(self) -> ResultT:
        """Go on once all of it is confirmed."""
