"""Runs Home Assistant as its own command does, with its mDNS kept off the network.

Home Assistant never listens for mDNS on loopback, where the simulated gateway is. With ``--mdns`` this one listens
there, and without it nowhere: a demo works without a network and finds nothing of the network that it runs in.
"""

import sys
from typing import Any
from unittest.mock import patch

from homeassistant.__main__ import main
from homeassistant.components import zeroconf
from homeassistant.core import HomeAssistant
from zeroconf import IPVersion


def run() -> int:
    """Run it with the arguments of this process until it ends; its exit code."""
    # Without an interface it would still listen on mDNS' port, and hear what any other program here asked for.
    listens = {"interfaces": ["127.0.0.1"]} if "--mdns" in sys.argv else {"interfaces": [], "unicast": True}
    sys.argv = [argument for argument in sys.argv if argument != "--mdns"]

    def _interfaces(_hass: HomeAssistant) -> dict[str, Any]:
        return {**listens, "ip_version": IPVersion.V4Only}

    # Nothing public chooses these.
    with patch.object(zeroconf, "_async_get_zc_args", _interfaces):
        return main()


if __name__ == "__main__":
    sys.exit(run())
