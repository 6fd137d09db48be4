"""The way back from the pages about the utility, for who came there with a gateway and goes on without one."""

from collections.abc import Mapping
from typing import Any

import probatio
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigFlow, ConfigFlowResult
from homeassistant.helpers.selector import BooleanSelector

from ...const import CONF_GATEWAY_SFDI

CONF_WITHOUT = "without"


class WithoutUtility(ConfigFlow):
    """A dialog in which the page before is one of a gateway.

    A discovered gateway's dialog stays at its page when it is closed, so a page that asks for what a person has not
    needs a way back of its own.
    """

    data: dict[str, Any]

    @property
    def may_go_without(self) -> bool:
        """Whether there is a gateway to go on with, and no entry yet that the dialog could just be closed for."""
        return self.source not in (SOURCE_REAUTH, SOURCE_RECONFIGURE) and CONF_GATEWAY_SFDI in self.data

    def goes_without(self, answers: Mapping[str, Any] | None) -> bool:
        """Whether that was answered."""
        return self.may_go_without and bool((answers or {}).get(CONF_WITHOUT))

    async def async_go_without(self) -> ConfigFlowResult:
        """Go back to the page of the gateway."""
        raise NotImplementedError

    def with_way_back(self, schema: probatio.Schema) -> probatio.Schema:
        """Return a form with the way back where there is one; then no field has to be filled in."""
        if not self.may_go_without:
            return schema
        fields = {probatio.Optional(key.schema): asked for key, asked in schema.schema.items()}
        return probatio.Schema({**fields, probatio.Optional(CONF_WITHOUT, default=False): BooleanSelector()})
