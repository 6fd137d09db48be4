"""What a person hands over as a debug log lets nobody into the meter's network."""

import logging

import pytest

from custom_components.utility_han.gateway.zigbee.probe import probe_radio
from script.demo_home.leaks import leaks, log_places
from script.demo_home.secrets import secrets_in
from tests.conftest import GatewayFactory
from tests.helpers.zigbee import opened


@pytest.mark.use_case("IP-6", "IP-7")
@pytest.mark.parametrize("version", [8, 19])
async def test_keys_are_in_no_debug_log(
    make_gateway: GatewayFactory, caplog: pytest.LogCaptureFixture, version: int
) -> None:
    gateway = await make_gateway(zigbee=True, ezsp_version=version)
    secrets = secrets_in({"install_code": gateway.radio()["install_code"]})
    assert {each.field for each in secrets} == {"install_code", "link_key"}
    await gateway.permit()
    with caplog.at_level(logging.DEBUG):
        assert (await probe_radio(gateway.radio()["url"])).install_code is not None
        link = opened(gateway)
        assert (await link.identify()).accepts_us
        await link.close()
    assert "Sending command  joinNetwork" in caplog.text, "the rest is there"
    assert [str(leak) for leak in leaks(secrets, log_places("log", caplog.text))] == []
