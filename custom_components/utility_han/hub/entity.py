"""What all entities of a gateway share."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from ..const import CONF_AREA, CONF_GATEWAY_SFDI, CONF_MODEL, CONF_SERIAL, DOMAIN
from ..devices.device import HanDevice
from ..procedures.step import Step
from ..vehicles.entity import vehicle_info
from .coordinator import GatewayCoordinator, UtilityHanConfigEntry


@callback
def async_register_gateway(hass: HomeAssistant, entry: UtilityHanConfigEntry) -> None:
    """Register the gateway and the devices behind it, each in the area the person named while commissioning."""
    registry = dr.async_get(hass)
    coordinator = entry.runtime_data.coordinator
    known = registry.async_get_device_by_identifier((DOMAIN, entry.entry_id), entry.entry_id)
    device = registry.async_get_or_create(config_entry_id=entry.entry_id, **gateway_device(coordinator))
    coordinator.gateway_device_id = device.id
    if known is None and (area := entry.data.get(CONF_AREA)):
        registry.async_update_device(device.id, area_id=area)
    for han_device in entry.runtime_data.devices.values():
        _register_device(registry, coordinator, han_device)
    for record in entry.runtime_data.charging.vehicles:
        registry.async_get_or_create(
            config_entry_id=entry.entry_id,
            config_subentry_id=record.subentry_id,
            **vehicle_info(coordinator, record),
        )


def _register_device(registry: dr.DeviceRegistry, coordinator: GatewayCoordinator, han_device: HanDevice) -> None:
    entry = coordinator.config_entry
    known = registry.async_get_device_by_identifier((DOMAIN, han_device.subentry_id), entry.entry_id)
    device = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=han_device.subentry_id,
        **han_device_info(coordinator, han_device),
    )
    if known is None and (area := entry.subentries[han_device.subentry_id].data.get(CONF_AREA)):
        registry.async_update_device(device.id, area_id=area)


def gateway_device(coordinator: GatewayCoordinator) -> DeviceInfo:
    """Return what is known of the gateway; identified by the entry, so that a replaced meter stays the same device."""
    entry = coordinator.config_entry
    found = coordinator.run.results.get(Step.IP_8, {}).get("evidence", {})
    return DeviceInfo(
        identifiers={(DOMAIN, entry.entry_id)},
        name=entry.title,
        manufacturer=found.get("manufacturer"),
        model=found.get("model"),
        hw_version=found.get("hardware_version"),
        sw_version=found.get("software_version"),
        serial_number=entry.data[CONF_GATEWAY_SFDI],
    )


class GatewayEntity(CoordinatorEntity[GatewayCoordinator]):
    """An entity of the gateway."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: GatewayCoordinator, description: EntityDescription, context: str | None = None
    ) -> None:
        """``context`` is the register the entity shows, if it shows one."""
        super().__init__(coordinator, context)
        self.entity_description = description
        self._attr_unique_id = f"{coordinator.config_entry.entry_id}_{description.key}"
        self._attr_device_info = gateway_device(coordinator)


class HanDeviceEntity(CoordinatorEntity[GatewayCoordinator]):
    """An entity of a HAN device behind the gateway; add it with ``config_subentry_id``."""

    _attr_has_entity_name = True

    def __init__(self, coordinator: GatewayCoordinator, device: HanDevice, description: EntityDescription) -> None:
        """The device in the registry is the subentry's."""
        super().__init__(coordinator)
        self.entity_description = description
        self.device = device
        self._attr_unique_id = f"{device.subentry_id}_{description.key}"
        self._attr_device_info = han_device_info(coordinator, device)


def han_device_info(coordinator: GatewayCoordinator, device: HanDevice) -> DeviceInfo:
    """Return what is known of a HAN device; it hangs off the gateway."""
    entry = coordinator.config_entry
    data = entry.subentries[device.subentry_id].data
    model = data.get(CONF_MODEL) or {}
    return DeviceInfo(
        identifiers={(DOMAIN, device.subentry_id)},
        name=device.title,
        manufacturer=model.get("manufacturer"),
        model=model.get("name"),
        serial_number=data.get(CONF_SERIAL),
        via_device_id=coordinator.gateway_device_id,
    )
