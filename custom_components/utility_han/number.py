"""How much energy a vehicle needs until it leaves."""

from typing import override

from homeassistant.components.number import NumberDeviceClass, NumberEntity, NumberEntityDescription, NumberMode
from homeassistant.const import UnitOfEnergy
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .hub.coordinator import UtilityHanConfigEntry
from .vehicles.entity import VehicleEntity

PARALLEL_UPDATES = 1

ENERGY_WANTED = NumberEntityDescription(
    key="energy_wanted",
    translation_key="energy_wanted",
    device_class=NumberDeviceClass.ENERGY,
    native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
    native_min_value=0,
    native_max_value=500,
    native_step=0.5,
    mode=NumberMode.BOX,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the energy wanted by each vehicle."""
    runtime = entry.runtime_data
    for record in runtime.charging.vehicles:
        async_add_entities(
            [EnergyWanted(runtime.coordinator, record, ENERGY_WANTED)], config_subentry_id=record.subentry_id
        )


class EnergyWanted(VehicleEntity, NumberEntity):
    """The energy wanted until the next departure."""

    @property
    @override
    def native_value(self) -> float:
        return self.record.plan.energy_wh / 1000

    @override
    async def async_set_native_value(self, value: float) -> None:
        await self.charging.planning.async_plan(self.record, self.record.plan.departure, value * 1000)
        self.async_write_ha_state()
