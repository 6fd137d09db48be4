"""The gateway as the subject of entities."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, override

from homeassistant.const import CONF_PIN
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo

from ..const import CONF_AREA, CONF_GATEWAY_SFDI, CONF_INSTALL_CODE, CONF_NETWORK, CONF_VTN, DOMAIN
from ..gateway import Identity
from ..procedures import Step
from .poll.coordinator import GatewayCoordinator
from .reach.transport import Transport, transport_of
from .subject import DeviceSubject, Listener


class GatewaySubject(DeviceSubject):
    """The gateway, known by its config entry, so that a replaced meter stays the same device."""

    def __init__(self, coordinator: GatewayCoordinator, identity: Identity | None) -> None:
        """``coordinator`` tells of it with each poll; ``identity`` is ours, where the transport has one."""
        entry = coordinator.config_entry
        super().__init__(entry.entry_id, entry.title, area_id=entry.data.get(CONF_AREA))
        self.coordinator = coordinator
        self.identity = identity
        self.to_acknowledge: frozenset[str] = frozenset()
        """The mRIDs of the messages that a person is asked to acknowledge (:mod:`.answers`)."""

    @property
    @override
    def device_info(self) -> DeviceInfo:
        data = self.coordinator.config_entry.data
        if not self.coordinator.has_gateway:
            return DeviceInfo(
                identifiers={(DOMAIN, self.key)},
                name=self.title,
                model=" ".join(filter(None, ("OpenADR", data[CONF_VTN]["version"]))),
                entry_type=DeviceEntryType.SERVICE,
            )
        found = self._described
        return DeviceInfo(
            identifiers={(DOMAIN, self.key)},
            name=self.title,
            entry_type=None,  # before there was a meter, it was a service
            manufacturer=found.get("manufacturer"),
            model=found.get("model"),
            hw_version=found.get("hardware_version"),
            sw_version=self.firmware,
            serial_number=self._serial_number(found.get("serial_number")),
        )

    @property
    def _described(self) -> dict[str, Any]:
        """What the gateway said that it is when it was commissioned, and what it says now."""
        found, configuration = self.coordinator.commissioning.run.found(Step.IP_8), self.coordinator.data.configuration
        now = asdict(configuration.info) if configuration is not None else {}
        return {**found, **{name: value for name, value in now.items() if value}}

    def _serial_number(self, told: str | None) -> str | None:
        """Return the meter's serial number; over IP its SFDI, which is on its label as well, where it tells none."""
        data = self.coordinator.config_entry.data
        if transport_of(data) is Transport.IP:
            return told or data[CONF_GATEWAY_SFDI]
        # The network's identifier was taken for it once.
        return told if told and told != data.get(CONF_NETWORK) else None

    @property
    @override
    def numbers(self) -> Mapping[str, str]:
        """Those of Home Assistant as the gateway's client, by which its utility lets it in."""
        data = self.coordinator.config_entry.data
        transport = transport_of(data)
        found: dict[str, str | None] = {}
        if self.identity is not None and transport is Transport.IP:
            found = {"lfdi": self.identity.lfdi, "sfdi": self.identity.sfdi, "pin": data.get(CONF_PIN)}
        elif transport is Transport.EZSP:
            found = {"eui64": data[CONF_GATEWAY_SFDI], "install_code": data.get(CONF_INSTALL_CODE)}
        vtn = data.get(CONF_VTN) or {}
        found["ven"] = vtn.get("ven_name") if vtn.get("client_id") else None
        return {name: number for name, number in found.items() if number}

    @property
    def firmware(self) -> str | None:
        """The gateway's firmware as it was last told."""
        if (configuration := self.coordinator.data.configuration) is not None:
            return configuration.info.software_version
        found: str | None = self.coordinator.commissioning.run.found(Step.IP_8).get("software_version")
        return found

    @callback
    @override
    def async_add_listener(self, listener: Listener, register: str | None = None) -> CALLBACK_TYPE:
        no_more_polls = self.coordinator.async_add_listener(lambda: listener(None), register)
        no_more_occurrences = super().async_add_listener(listener)

        @callback
        def remove() -> None:
            no_more_polls()
            no_more_occurrences()

        return remove


_KEPT_UP = ("manufacturer", "model", "hw_version", "sw_version", "serial_number")


@callback
def async_keep_described(hass: HomeAssistant, subject: GatewaySubject) -> CALLBACK_TYPE:
    """Have the device of a gateway follow what it says that it is, as with new firmware; return how to end that."""
    known: DeviceInfo | None = None

    @callback
    def look() -> None:
        nonlocal known
        if subject.registry_id is None or (now := subject.device_info) == known:
            return
        known = now
        told: dict[str, Any] = {name: now.get(name) for name in _KEPT_UP}
        dr.async_get(hass).async_update_device(subject.registry_id, **told)

    return subject.coordinator.async_add_listener(look)
