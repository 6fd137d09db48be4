"""When a vehicle is to leave."""

from datetime import datetime
from typing import override

from homeassistant.components.datetime import DateTimeEntity, DateTimeEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .hub.coordinator import UtilityHanConfigEntry
from .vehicles.entity import VehicleEntity

PARALLEL_UPDATES = 1

DEPARTURE = DateTimeEntityDescription(key="departure", translation_key="departure")


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the next departure of each vehicle."""
    runtime = entry.runtime_data
    for record in runtime.charging.vehicles:
        async_add_entities([Departure(runtime.coordinator, record, DEPARTURE)], config_subentry_id=record.subentry_id)


class Departure(VehicleEntity, DateTimeEntity):
    """The next departure; with it the gateway is asked for the energy wanted until then."""

    @property
    @override
    def native_value(self) -> datetime | None:
        return self.record.plan.departure

    @override
    async def async_set_value(self, value: datetime) -> None:
        if value <= dt_util.utcnow():
            raise ServiceValidationError(translation_domain=DOMAIN, translation_key="departure_is_over")
        await self.charging.planning.async_plan(self.record, value, None)
        self.async_write_ha_state()
