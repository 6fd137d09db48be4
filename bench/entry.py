"""The config entry of a hub that is commissioned on a simulated gateway."""

from collections.abc import Sequence
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.gateway.ieee2030_5.identity import Identity


def meter_entry(
    meter: dict[str, Any], identity: Identity, subentries: Sequence[ConfigSubentry] = ()
) -> MockConfigEntry:
    """Return it of the gateway that ``meter`` describes, as the simulator does, with ``subentries``."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Meter",
        unique_id=meter["sfdi"],
        data={
            "host": meter["host"],
            "port": meter["port"],
            "dcap_path": meter["dcap"],
            "gateway_lfdi": meter["lfdi"],
            "gateway_sfdi": meter["sfdi"],
            "identity": identity.to_dict(),
            "kind": "energy_management_system",
            "premise": {"name": "Meter", "latitude": 0, "longitude": 0},
            "state": "commissioned",
        },
        subentries_data=[subentry.as_dict() for subentry in subentries],
    )
