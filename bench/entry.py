"""Config entries of hubs: one that is commissioned on a simulated gateway, and one that has a simulated VTN."""

from collections.abc import Sequence
from typing import Any

from homeassistant.config_entries import ConfigSubentry
from pytest_homeassistant_custom_component.common import MockConfigEntry

from bench.simulated import Vtn
from custom_components.utility_han.const import CONF_VTN, DOMAIN
from custom_components.utility_han.gateway.ieee2030_5.identity import Identity
from custom_components.utility_han.hub.kept.versions import ENTRY_VERSION


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


def vtn_entry(vtn: Vtn, subentries: Sequence[ConfigSubentry] = ()) -> MockConfigEntry:
    """Return it of a hub that has a VTN and no meter, with ``subentries``."""
    client_id, client_secret = vtn.ven
    major, minor = ENTRY_VERSION
    known = {
        "url": vtn.url,
        "name": "Utility",
        "version": "3.1.0",
        "client_id": client_id,
        "client_secret": client_secret,
        "token_url": None,
        "verify_certificate": False,  # nobody whom Home Assistant trusts has signed it
        "ven_name": "bench",
        "followed": None,
        "lower_percent_is_less": None,
    }
    return MockConfigEntry(
        domain=DOMAIN,
        title="Utility",
        data={CONF_VTN: known},
        version=major,
        minor_version=minor,
        subentries_data=[subentry.as_dict() for subentry in subentries],
    )
