"""Home Assistant checks itself: what IP-3 and diagnoses of a hub ask of this machine."""

from datetime import UTC

from cryptography import x509
from homeassistant.core import HomeAssistant

from ..gateway import Gateway, Identity
from ..procedures import CheckResult, Machine, run_self_check, run_self_test
from .kept.storage import async_probe_storage


async def async_self_check(hass: HomeAssistant, gateway: Gateway, identity: Identity | None) -> list[CheckResult]:
    """IP-3: check everything, with the way to the gateway."""
    return await run_self_check(gateway, _this_machine(hass, identity))


async def async_self_test(hass: HomeAssistant, gateway: Gateway, identity: Identity | None) -> list[CheckResult]:
    """Check what does not need the gateway."""
    return await run_self_test(gateway, _this_machine(hass, identity))


def _this_machine(hass: HomeAssistant, identity: Identity | None) -> Machine:
    if identity is None:
        return Machine(None, None, lambda: async_probe_storage(hass))
    certificate = x509.load_pem_x509_certificate(identity.cert_pem.encode())
    valid_from = certificate.not_valid_before_utc.astimezone(UTC)
    return Machine(valid_from, identity.not_after, lambda: async_probe_storage(hass))
