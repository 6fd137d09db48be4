"""A hub with a VTN: how it is polled, and what is known of it."""

from datetime import UTC, datetime, timedelta

from homeassistant.core import HomeAssistant

from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.utility import UtilityReason
from tests.component.conftest import Commission
from tests.conftest import SimulatedGateway
from tests.helpers.simulated_vtn import SimulatedVtn
from tests.helpers.vtn_hub import coordinator_of, poll, put_beside_meter
from tests.openadr.under_test import Vtn


async def test_what_the_vtn_tells_is_polled_beside_the_meter(
    hass: HomeAssistant, gateway: SimulatedGateway, commission: Commission, vtn: Vtn, simulated_vtn: SimulatedVtn
) -> None:
    entry = await commission(gateway)
    program = await vtn.make_program("ResTOU")
    await put_beside_meter(hass, entry, vtn)
    account = entry.runtime_data.manager(AccountManager)
    coordinator = coordinator_of(entry)
    assert (account.connected, account.reason) == (True, None)
    assert coordinator.data.prices is None

    told: list[bool] = []
    coordinator.polled.add(told.append)
    start = datetime.now(UTC) - timedelta(minutes=1)
    made = await vtn.make_event(
        program["id"],
        intervalPeriod={"start": start.isoformat(), "duration": "PT1H"},
        intervals=[{"id": 0, "payloads": [{"type": "PRICE", "values": [0.25]}]}],
        payloadDescriptors=[
            {"objectType": "EVENT_PAYLOAD_DESCRIPTOR", "payloadType": "PRICE", "units": "KWH", "currency": "USD"}
        ],
    )
    await poll(hass, entry)
    data = coordinator.data
    assert data.prices is not None
    assert [price.per_kwh for price in data.prices.prices] == [0.25]
    assert data.changes is not None
    assert data.changes.created == {made["id"]}

    await simulated_vtn.call("DELETE", f"/clients/{vtn.ven.client_id}")
    await poll(hass, entry)
    assert coordinator.reason is None, "one refusal may be a VTN in trouble"
    await poll(hass, entry)
    assert (account.connected, account.reason) == (False, UtilityReason.CREDENTIALS_REFUSED)
    assert coordinator.data.prices is data.prices, "what was read is kept"
    assert told == [True, False, False]
    assert await hass.config_entries.async_unload(entry.entry_id)
