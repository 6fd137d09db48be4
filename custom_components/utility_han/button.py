"""What a person does with one tap."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .health.diagnosing import async_diagnose
from .health.entity import HealthEntity
from .health.words import in_words
from .hub.coordinator import UtilityHanConfigEntry
from .hub.notifications import async_notify
from .procedures.load_control import OptError
from .vehicles.entity import VehicleEntity

PARALLEL_UPDATES = 0

DIAGNOSE = ButtonEntityDescription(
    key="diagnose", translation_key="diagnose", entity_category=EntityCategory.DIAGNOSTIC
)
CHARGE_NOW = ButtonEntityDescription(key="charge_now", translation_key="charge_now")


async def async_setup_entry(
    hass: HomeAssistant, entry: UtilityHanConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up a button for everything that can be diagnosed, and for each vehicle."""
    runtime = entry.runtime_data
    for watched in runtime.health.subjects.all():
        async_add_entities(
            [DiagnoseButton(runtime.coordinator, watched, DIAGNOSE)], config_subentry_id=watched.subentry_id
        )
    for record in runtime.charging.vehicles:
        async_add_entities(
            [ChargeNowButton(runtime.coordinator, record, CHARGE_NOW)], config_subentry_id=record.subentry_id
        )


class DiagnoseButton(HealthEntity, ButtonEntity):
    """Diagnoses; what is found is told by the sensor of the last diagnosis, and in a notification."""

    @override
    async def async_press(self) -> None:
        entry = self.coordinator.config_entry
        found = await async_diagnose(self.hass, entry, self.watched)
        await async_notify(self.hass, entry, *in_words(self.hass, self.watched.title, found), self.watched.key)


class ChargeNowButton(VehicleEntity, ButtonEntity):
    """Charges now, whatever load control or reservation holds it back."""

    @override
    async def async_press(self) -> None:
        try:
            await self.charging.planning.async_charge_now(self.record)
        except OptError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key=err.reason.value,
                translation_placeholders={"device": self.record.title},
            ) from err
