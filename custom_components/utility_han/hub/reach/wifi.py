"""How well Home Assistant's own machine hears its access point, where Home Assistant knows it."""

from homeassistant.components.hassio import HassioNotReadyError, get_network_info
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.hassio import is_hassio


@callback
def wifi_signal(hass: HomeAssistant) -> str | None:
    """Return the signal of the Wi-Fi that the machine is on, in percent; None over a cable, and where nobody knows.

    The Supervisor tells it (``interfaces[].wifi.signal`` of ``/network/info``), of the interface that it calls
    primary. It says how strong, and not how good: it is shown, and not rated.
    """
    if not is_hassio(hass):
        return None
    try:
        interfaces = get_network_info(hass)["interfaces"]
    except HassioNotReadyError:
        return None
    for interface in interfaces:
        if interface["primary"] and (wifi := interface["wifi"]) and wifi["signal"] is not None:
            return f"{wifi['signal']} %"
    return None
