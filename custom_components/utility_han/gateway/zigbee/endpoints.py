"""The endpoints of our radio: one is Home Assistant itself, each other speaks for a device."""

from collections.abc import Collection, Iterable

from aio2030dot5.identity import sfdi_from_lfdi

from ..errors import GatewayError, Reason
from ..identifiers import DEVICE_ENDPOINTS, OWN_ENDPOINT, lfdi_of
from ..model import ListedDevice
from .neighbours import Neighbour
from .radio import Radio

_OWN = "endpoint/"


class DeviceEndpoints:
    """Which devices the radio speaks for; ``announced`` are the endpoints of those that the meter was told of."""

    def __init__(self, radio: Radio) -> None:
        self._radio = radio
        self.announced: set[int] = set()

    def unused_lfdi(self, taken: Collection[str]) -> str:
        """Return the identifier of the next free endpoint; ``REGISTRATION_REFUSED`` where all are taken."""
        for endpoint in DEVICE_ENDPOINTS:
            if (lfdi := lfdi_of(self._radio.eui64, endpoint)) not in taken:
                return lfdi
        raise GatewayError(
            Reason.REGISTRATION_REFUSED, f"the radio has room for {len(DEVICE_ENDPOINTS)} devices, and they are taken"
        )

    def of_device(self, lfdi: str) -> int | None:
        """Return the endpoint that speaks for a device, None where it is no device of ours."""
        endpoints = (OWN_ENDPOINT, *DEVICE_ENDPOINTS)
        return next((endpoint for endpoint in endpoints if lfdi_of(self._radio.eui64, endpoint) == lfdi), None)

    def announce(self, endpoint: int) -> str:
        """Count an endpoint among the announced; return its address."""
        if endpoint != OWN_ENDPOINT:
            self.announced.add(endpoint)
        return f"{_OWN}{endpoint}"

    def at(self, href: str) -> int | None:
        """Return the endpoint at an address that we gave out, None where it is another device's."""
        return int(href.removeprefix(_OWN)) if href.startswith(_OWN) else None

    def listed(self, neighbours: Iterable[Neighbour]) -> list[ListedDevice]:
        """Return the devices on the meter's network; our endpoints are as much on it as our radio is."""
        found: list[ListedDevice] = []
        for neighbour in neighbours:
            own = neighbour.eui64 == self._radio.eui64
            for endpoint in (OWN_ENDPOINT, *sorted(self.announced)) if own else (OWN_ENDPOINT,):
                lfdi = lfdi_of(neighbour.eui64, endpoint)
                href = f"{_OWN}{endpoint}" if own else f"neighbour/{neighbour.nwk:04X}"
                found.append(ListedDevice(lfdi, sfdi_from_lfdi(lfdi), href))
        return found
