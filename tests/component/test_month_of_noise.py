"""A month with everything that is normal for a meter: nobody is alarmed."""

from datetime import timedelta
from random import Random

import pytest
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.utility_han.const import EVENT_HEALTH
from custom_components.utility_han.gateway.errors import GatewayError, Reason
from tests.component.conftest import Commission
from tests.conftest import SimulatedGateway
from tests.helpers.health import Patient

_POLL = timedelta(minutes=5)
_LOST, _BAD_SIGNATURE, _IDLE_CLOSED = 0.03, 0.04, 0.03
_SILENT_HOURS = range(1, 6)


@pytest.mark.use_case("DM-1")
async def test_nobody_is_alarmed_by_a_normal_month(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission
) -> None:
    """Packet loss, handshakes that fail with BAD_SIGNATURE, idle connections closed, and silence every night.

    The coordinator takes the outcomes that such polls have; its clock is set forward by what lies between them.
    """
    entry = await commission(gateway)
    hub = Patient(hass, entry, entry.entry_id)
    coordinator = entry.runtime_data.coordinator
    told = async_capture_events(hass, EVENT_HEALTH)
    chance = Random(5)
    start = (dt_util.utcnow() + timedelta(days=1)).replace(hour=0, minute=0, second=0)
    failed = 0
    for number in range(int(timedelta(days=30) / _POLL)):
        now = start + number * _POLL
        drawn = chance.random()
        reason = None
        if now.hour in _SILENT_HOURS:
            reason = Reason.GATEWAY_SILENT
        elif drawn < _LOST:
            reason = Reason.UNREACHABLE
        elif drawn < _LOST + _BAD_SIGNATURE:
            reason = Reason.TLS_FAILED
        elif drawn < _LOST + _BAD_SIGNATURE + _IDLE_CLOSED:
            reason = Reason.GATEWAY_SILENT
        if reason is None:
            coordinator.contact.succeeded(now)
        else:
            failed += 1
            await coordinator._failed(GatewayError(reason, "noise"))
        await hub.manager.async_evaluate(now)
    await hass.async_block_till_done()
    assert failed > 2000
    assert told == []
    assert hub.well
    # The same month with silence that does not end: somebody is told.
    for number in range(80):
        await coordinator._failed(GatewayError(Reason.GATEWAY_SILENT, "gone"))
        await hub.manager.async_evaluate(now + number * _POLL)
    await hass.async_block_till_done()
    assert [each.data["type"] for each in told] == ["failing"]
