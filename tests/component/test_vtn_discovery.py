"""VTNs that advertise themselves on the network are heard."""

from unittest.mock import patch

import pytest
from homeassistant.core import HomeAssistant
from yarl import URL
from zeroconf.asyncio import AsyncZeroconf

from custom_components.utility_han.account.discovery import FoundVtn, async_browse_vtns, read_advertisement
from script.demo_home.simulator import Simulator


@pytest.mark.xdist_group("mdns")
@pytest.mark.parametrize("simulator", [("--vtn-mdns",)], indirect=True)
async def test_vtn_that_advertises_itself_is_heard(hass: HomeAssistant, simulator: Simulator) -> None:
    port = URL(simulator.vtn["url"]).port
    found: list[FoundVtn] = []
    async with AsyncZeroconf(interfaces=["127.0.0.1"]) as zeroconf:
        await zeroconf.zeroconf.async_wait_for_start(120)
        with patch("custom_components.utility_han.account.discovery.async_get_async_instance", return_value=zeroconf):
            while not found:  # others may be heard first
                found = [each for each in await async_browse_vtns(hass) if URL(each.url).port == port]
    (vtn,) = found
    assert vtn.url == f"https://{vtn.name.replace('Power & Light ', 'vtn-')}.local:{port}/openadr3/3.1.0"


def test_address_is_what_is_advertised_or_where_the_service_is() -> None:
    told = {"local_url": "https://farm.local:8443/vtn/", "program_names": "Farm, ,House"}
    found = read_advertisement("farm._openadr3._tcp.local.", "other.local.", 1, told)
    assert found == FoundVtn("farm", "https://farm.local:8443/vtn", ("Farm", "House"))
    bare = read_advertisement(
        "farm._openadr3._tcp.local.", "farm.local.", 8443, {"base_path": "/vtn", "version": None}
    )
    assert bare == FoundVtn("farm", "https://farm.local:8443/vtn")
    assert read_advertisement("farm", "farm.local.", 8443, {}).url == "https://farm.local:8443"
