"""What has a health: a hub's gateway, its devices and its vehicles, each by an id of its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo

from ..const import CONF_GATEWAY_LFDI
from ..devices.device import HanDevice
from ..devices.manager import Registrar
from ..devices.store import Record
from ..hub.hub import Hub
from ..hub.self_checks import async_self_test
from ..hub.subject import DeviceSubject, Subject
from ..load_control.manager import LoadControlManager
from ..procedures import DiagnosisSubject, Finding, Health, Local, ServicePoint, VehicleRun
from ..vehicles.manager import VehicleManager
from ..vehicles.store import VehicleRecord
from ..vehicles.vehicle import VehicleSubject
from .evidence import device_findings, gateway_findings, local_device, local_entities, vehicle_findings
from .store import Condition


class Watched(Subject):
    """One thing that is watched; the gateway is what is neither device nor vehicle."""

    def __init__(self, of: DeviceSubject) -> None:
        """``of`` is the subject whose health it is."""
        super().__init__(of.key, of.title, subentry_id=of.subentry_id)
        self._of = of

    @property
    def device(self) -> HanDevice | None:
        """The device that it is, if it is one."""
        return self._of if isinstance(self._of, HanDevice) else None

    @property
    def vehicle(self) -> VehicleRecord | None:
        """The vehicle that it is, if it is one."""
        return self._of.record if isinstance(self._of, VehicleSubject) else None

    @property
    def device_info(self) -> DeviceInfo:
        """What is known of the device that it is."""
        return self._of.device_info


class Subjects:
    """The subjects of one hub, and how each is looked at."""

    def __init__(
        self,
        hass: HomeAssistant,
        hub: Hub,
        registrar: Registrar,
        controls: LoadControlManager,
        vehicles: VehicleManager,
    ) -> None:
        """Everything that is shown must be known to the managers."""
        self._hass = hass
        self._hub = hub
        self._registrar = registrar
        self._controls = controls
        self._vehicles = vehicles
        self.gateway = Watched(hub.subject)
        self._by_key = {
            watched.key: watched
            for watched in (self.gateway, *map(Watched, registrar.devices.values()), *map(Watched, vehicles.subjects))
        }

    @property
    def all(self) -> Sequence[Watched]:
        """Everything that is watched, the gateway first."""
        return list(self._by_key.values())

    def of(self, key: str) -> Watched | None:
        """Return the subject known by ``key``."""
        return self._by_key.get(key)

    def __getitem__(self, key: str) -> Watched:
        """Return the subject known by ``key``; ``KeyError`` where there is none."""
        return self._by_key[key]

    def record(self, watched: Watched) -> Record | None:
        """Return the registration of a device."""
        if watched.device is None:
            return None
        return self._registrar.registrations.records.get(watched.device.lfdi)

    def findings(self, watched: Watched, gateway: Health, now: datetime, *, suspended: bool) -> Iterable[Finding]:
        """Return what is not well with it now; ``gateway`` is how the gateway is, ``suspended`` the account."""
        if watched.device is not None:
            return device_findings(self._hass, watched.device, self.record(watched), gateway, now)
        if watched.vehicle is not None:
            entities = self._vehicles.entities(watched.vehicle)
            return vehicle_findings(self._hass, watched.vehicle, entities, self._vehicles.delivery.reason, now)
        return gateway_findings(
            self._hub.coordinator, self._hub.identity, self._registrar.account.reason, now, suspended=suspended
        )

    def to_diagnose(self, watched: Watched, condition: Condition) -> DiagnosisSubject:
        """Return it, and how it is known to be, as a diagnosis takes it."""
        hub, premise_id = self._hub, self._registrar.account.premise_id
        record = self.record(watched)
        return DiagnosisSubject(
            known=tuple(condition.health.believed),
            tested=dict(condition.tested),
            local=partial(self.local, watched),
            look=self._controls.async_look,
            self_test=partial(async_self_test, self._hass, hub.gateway, hub.identity)
            if watched.subentry_id is None
            else None,
            seen=partial(self._seen, watched.device) if watched.device and watched.device.by_utility else None,
            polls_every=self._polls_every(watched.device),
            premise=ServicePoint(premise_id, hub.entry.data.get(CONF_GATEWAY_LFDI, "")) if premise_id else None,
            registration=record.run if record else None,
            vehicle=self._as_told(watched.vehicle.run) if watched.vehicle else None,
        )

    def _as_told(self, run: VehicleRun) -> VehicleRun:
        """Return a vehicle with its bindings by what the utility that is linked calls them."""
        told = self._vehicles.billers.utility.told
        return replace(run, bindings={told(name): binding for name, binding in run.bindings.items()})

    def _polls_every(self, device: HanDevice | None) -> timedelta:
        """Return how often a device that obeys the gateway by itself is to look for controls.

        That is the pollRate of the DemandResponseProgramList: "it is RECOMMENDED a client poll the resources of this
        function set every pollRate seconds" (sep.xsd).
        """
        configuration = self._hub.coordinator.data.configuration
        if device is None or device.control is not None or configuration is None:
            return timedelta(0)
        return configuration.rates.get("demand_response", timedelta(0))

    def _seen(self, device: HanDevice) -> Mapping[str, Any]:
        """Return which control a device has seen last, and when the utility last took what was said of it."""
        known = [*self._controls.history(device), *filter(None, [self._controls.meant(device)])]
        seen: dict[str, Any] = {}
        if known:
            last = max(known, key=lambda record: record.changed)
            seen |= {"control": last.control.id, "seen_at": last.changed.isoformat(), "phase": last.phase.value}
        if device.last_contact is not None:
            seen["answered_at"] = device.last_contact.isoformat()
        return seen

    def local(self, watched: Watched) -> Local:
        """Return what the home itself sees of it."""
        if watched.device is not None:
            return local_device(self._hass, watched.device)
        if watched.vehicle is not None:
            return local_entities(self._hass, self._vehicles.entities(watched.vehicle))
        return Local()

    def about(self, registration_id: str | None, binding_id: str | None = None) -> Watched | None:
        """Return what a registration or a binding at the utility is of; with neither, the gateway."""
        if registration_id is None and binding_id is None:
            return self.gateway
        binding_id = self._vehicles.billers.utility.known(binding_id) if binding_id is not None else None
        for watched in self._by_key.values():
            record = self.record(watched)
            if registration_id is not None:
                if record is not None and record.run.registration_id == registration_id:
                    return watched
            elif watched.vehicle is not None and binding_id in watched.vehicle.run.bindings:
                return watched
        return None
