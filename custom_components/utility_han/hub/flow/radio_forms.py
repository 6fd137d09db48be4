"""Forms about Zigbee radios that hold no logic."""

from collections.abc import Mapping

import probatio
from homeassistant.const import CONF_DEVICE
from homeassistant.helpers.selector import (
    QrCodeSelector,
    QrCodeSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    SerialPortSelector,
    TextSelector,
)

from ...const import CONF_INSTALL_CODE, CONF_NETWORK

RADIO = probatio.Schema({probatio.Required(CONF_DEVICE): SerialPortSelector()})
INSTALL_CODE = probatio.Schema({probatio.Required(CONF_INSTALL_CODE): TextSelector()})


def networks(options: Mapping[str, str]) -> probatio.Schema:
    """Choose among networks heard; ``options`` maps extended PAN ids to labels, the best heard first."""
    if not options:
        return probatio.Schema({})
    choices = [SelectOptionDict(value=value, label=label) for value, label in options.items()]
    return probatio.Schema(
        {
            probatio.Required(CONF_NETWORK, default=choices[0]["value"]): SelectSelector(
                SelectSelectorConfig(options=choices, mode=SelectSelectorMode.LIST)
            )
        }
    )


def join_portal(label: str) -> probatio.Schema:
    """What goes to the utility, to scan; ``label`` is as on the labels of devices."""
    return probatio.Schema({probatio.Optional("qr"): QrCodeSelector(QrCodeSelectorConfig(data=label, scale=5))})
