"""A hub whose gateway answers with what is spoilt: it says why it cannot read, and reads again once it can."""

import pytest
from homeassistant.core import HomeAssistant

from custom_components.utility_han.gateway import Reason
from tests.component.conftest import Commission
from tests.conftest import SimulatedGateway

_ROUNDS = 6


@pytest.mark.use_case("IP-7")
@pytest.mark.parametrize(("transport", "path"), [("ip", "/"), ("ezsp", "/z")])
async def test_nothing_that_is_spoilt_is_a_surprise(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, path: str
) -> None:
    entry = await commission(gateway)
    hub = entry.runtime_data
    for seed in range(_ROUNDS):
        await gateway.fault("spoilt", seed=seed, path=path)
        hub.coordinator.read_anew()
        await hub.coordinator.async_refresh()
        await hass.async_block_till_done()
        reasons = {
            hub.coordinator.contact.reason,
            *(part.failure and part.failure.reason for part in hub.coordinator.parts),
        }
        assert Reason.UNEXPECTED not in reasons, seed
        assert not hub.rounds.failing, seed
        assert not hub.gateway.statistics().get("failing"), seed
    await gateway.mend()
    hub.coordinator.read_anew()
    await hub.coordinator.async_refresh()
    assert hub.coordinator.last_update_success
    assert not [part.failure for part in hub.coordinator.parts if part.failure]
