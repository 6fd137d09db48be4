"""What has a health: a hub's gateway, its devices and its vehicles, each by an id of its own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from homeassistant.core import HomeAssistant

from ..const import CONF_GATEWAY_LFDI
from ..devices.device import HanDevice
from ..devices.store import Record
from ..hub.self_checks import async_self_test
from ..procedures.diagnosis import Local, Premise, Subject
from ..procedures.health import Finding, Health, HealthReason
from ..vehicles.store import VehicleRecord
from .evidence import device_findings, gateway_findings, local_device, local_entities, vehicle_findings

if TYPE_CHECKING:
    from ..hub.coordinator import UtilityHanConfigEntry


@dataclass(frozen=True, slots=True)
class Watched:
    """One thing that is watched; the gateway is what is neither device nor vehicle."""

    subentry_id: str | None
    """None for the gateway."""
    key: str
    """What it is kept under: the subentry's id, or the config entry's for the gateway."""
    title: str
    device: HanDevice | None = None
    vehicle: VehicleRecord | None = None


class Subjects:
    """The subjects of one hub, and how each is looked at."""

    def __init__(self, hass: HomeAssistant, entry: UtilityHanConfigEntry) -> None:
        """``entry`` must have its runtime data before anything is looked at."""
        self._hass = hass
        self._entry = entry

    @property
    def gateway(self) -> Watched:
        """The gateway."""
        return Watched(None, self._entry.entry_id, self._entry.title)

    def all(self) -> Iterator[Watched]:
        """Yield everything that is watched, the gateway first."""
        runtime = self._entry.runtime_data
        yield self.gateway
        for device in runtime.devices.values():
            yield Watched(device.subentry_id, device.subentry_id, device.title, device=device)
        for vehicle in runtime.charging.vehicles:
            if vehicle.subentry_id is not None:
                yield Watched(vehicle.subentry_id, vehicle.subentry_id, vehicle.title, vehicle=vehicle)

    def record(self, watched: Watched) -> Record | None:
        """Return the registration of a device."""
        if watched.device is None:
            return None
        return self._entry.runtime_data.registrar.registrations.records.get(watched.device.lfdi)

    def findings(self, watched: Watched, gateway: Health, now: datetime) -> Iterable[Finding]:
        """Return what is not well with it now; ``gateway`` is how the gateway is."""
        runtime = self._entry.runtime_data
        if watched.device is not None:
            return device_findings(self._hass, watched.device, self.record(watched), gateway, now)
        if watched.vehicle is not None:
            entities = runtime.charging.entities(watched.vehicle)
            return vehicle_findings(self._hass, watched.vehicle, entities, runtime.charging.delivery.reason)
        return gateway_findings(runtime.coordinator, now)

    def to_diagnose(self, watched: Watched, known: Iterable[HealthReason]) -> Subject:
        """Return it as a diagnosis takes it."""
        runtime = self._entry.runtime_data
        premise_id = runtime.registrar.premise_id
        record = self.record(watched)
        return Subject(
            known=tuple(known),
            local=partial(self.local, watched),
            look=runtime.load_control.async_look,
            self_test=partial(async_self_test, self._hass, runtime.coordinator.gateway, runtime.identity)
            if watched.subentry_id is None
            else None,
            premise=Premise(premise_id, self._entry.data[CONF_GATEWAY_LFDI]) if premise_id else None,
            registration=record.run if record else None,
            vehicle=watched.vehicle.run if watched.vehicle else None,
        )

    def local(self, watched: Watched) -> Local:
        """Return what the home itself sees of it."""
        if watched.device is not None:
            return local_device(self._hass, watched.device)
        if watched.vehicle is not None:
            return local_entities(self._hass, self._entry.runtime_data.charging.entities(watched.vehicle))
        return Local()

    def about(self, registration_id: str | None, binding_id: str | None = None) -> Watched | None:
        """Return what a registration or a binding at the utility is of; with neither, the gateway."""
        if registration_id is None and binding_id is None:
            return self.gateway
        for watched in self.all():
            record = self.record(watched)
            if registration_id is not None:
                if record is not None and record.run.registration_id == registration_id:
                    return watched
            elif watched.vehicle is not None and binding_id in watched.vehicle.run.bindings:
                return watched
        return None
