"""What was charged as OCPI has it: charge detail records and tariffs."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ...const import DOMAIN, LOGGER
from ...documents import ocpi
from ...documents.ocpi import OcpiValueError, Place, Version, as_text
from ...procedures import Charge, Holidays
from ...utility import Binding, RateProgram
from ..chargers.connector import Connector

_PARTY = "UHN"
"""Of a household: where no EVSEID names an operator, it has none of its own."""


@dataclass(frozen=True, slots=True)
class Home:
    """What OCPI's Location has of the home in which something was charged."""

    name: str
    """How the hub is called: as the premise, where the utility has told that."""
    address: str
    """No street, and no town, of which Home Assistant knows none: the name of the home, as it is called there."""
    country: str
    latitude: float
    longitude: float
    time_zone: str
    connector: Connector
    holidays: Callable[[RateProgram], Holidays]
    """Those that a rate program names."""

    @classmethod
    def of(
        cls, hass: HomeAssistant, name: str, connector: Connector, holidays: Callable[[RateProgram], Holidays]
    ) -> Home:
        """``name`` is the hub's title, ``connector`` that of the charger."""
        config = hass.config
        return cls(
            name=name,
            address=config.location_name,
            country=config.country or "",
            latitude=config.latitude,
            longitude=config.longitude,
            time_zone=config.time_zone,
            connector=connector,
            holidays=holidays,
        )

    def place(self, binding: Binding) -> Place:
        """Return the Location of what is charged under a binding, of the operator whose EVSEID (ISO 15118) it has."""
        country, party, *outlet = [*(binding.evse_id or "").split("*"), ""]
        is_iso = bool(outlet) and country.isalpha()
        return Place(
            country_code=country if is_iso else self.country,
            party_id=party if is_iso else _PARTY,
            location_id=binding.premise_id,
            name=self.name,
            address=self.address,
            city=self.address,
            postal_code=None,
            country=self.country,
            latitude=self.latitude,
            longitude=self.longitude,
            time_zone=self.time_zone,
            evse_uid=binding.evse,
            connector_standard=self.connector.standard,
            connector_format=self.connector.format,
            connector_power_type=self.connector.power_type,
        )


def write_cdrs(charges: Iterable[Charge], homes: Mapping[str, Home], version: str) -> bytes:
    """Return charges as a list of ``CDR``; ``homes`` by binding id.

    ``HomeAssistantError`` where OCPI has no words for something.
    """
    found = []
    for charge in charges:
        try:
            home = homes[charge.binding.id]
            place, is_holiday = home.place(charge.binding), home.holidays(charge.program)
            found.append(ocpi.cdr(charge, place, Version(version), is_holiday=is_holiday))
        except OcpiValueError as err:
            raise _no_words(charge.vehicle.title, err) from err
    return as_text(found).encode()


def write_tariffs(
    agreed: Iterable[tuple[Binding, RateProgram]], homes: Mapping[str, Home], version: str, now: datetime
) -> bytes:
    """Return rate programs as a list of ``Tariff``, each once."""
    found = {}
    for binding, program in agreed:
        try:
            home = homes[binding.id]
            is_holiday = home.holidays(program)
            written = ocpi.tariff(program, home.place(binding), Version(version), now, is_holiday=is_holiday)
        except OcpiValueError as err:
            raise _no_words(program.name, err) from err
        found[written["id"]] = written
    return as_text(list(found.values())).encode()


def _no_words(what: str, err: OcpiValueError) -> HomeAssistantError:
    LOGGER.warning("OCPI has no words for %s: %s", what, err)
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key="not_in_ocpi",
        translation_placeholders={"what": what, "field": err.field},
    )
