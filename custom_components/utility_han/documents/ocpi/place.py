"""Where was charged, and whose records these are: ``CdrLocation`` and the owner of CDRs and tariffs (``mod_cdrs``)."""

import re
from dataclasses import dataclass

from ...utility.vehicle_model import Binding
from .values import Json, OcpiValueError, identifier, shortened

_COUNTRY = re.compile(r"[A-Za-z]{2}")
_PARTY = re.compile(r"[A-Za-z0-9]{3}")
_EVSE_ID = 48


@dataclass(frozen=True, slots=True)
class Place:
    """The home as OCPI's Location, with its one EVSE and connector, and the party that keeps its records."""

    country_code: str
    """Of the party, ISO 3166-1 alpha-2."""
    party_id: str
    """The operator's three characters, as its EVSEIDs have them; a household that is none has chosen its own."""
    location_id: str
    name: str
    address: str
    city: str
    postal_code: str | None
    country: str
    """ISO 3166-1 alpha-2; ``CdrLocation`` is told the alpha-3 code of it."""
    latitude: float
    longitude: float
    time_zone: str
    """In which a tariff's times of day are to be read."""
    evse_uid: str
    connector_standard: str
    """ConnectorType of ``mod_locations``, like the next two."""
    connector_format: str
    connector_power_type: str
    connector_id: str = "1"

    def __post_init__(self) -> None:
        """Refuse what no CDR can be written with."""
        if not _COUNTRY.fullmatch(self.country_code):
            raise OcpiValueError("country_code", "no ISO 3166-1 alpha-2 code")
        if not _PARTY.fullmatch(self.party_id):
            raise OcpiValueError("party_id", "not three letters or digits")
        for field, text in (("address", self.address), ("city", self.city)):
            if not text.strip():
                raise OcpiValueError(f"cdr_location.{field}", "empty")
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise OcpiValueError("cdr_location.coordinates", "not on Earth")

    @property
    def owner(self) -> Json:
        """Who owns a CDR or tariff."""
        return {"country_code": self.country_code.upper(), "party_id": self.party_id.upper()}


def location_of(place: Place, binding: Binding) -> Json:
    """Return the ``CdrLocation`` of what was charged under a binding."""
    located = {
        "id": identifier(place.location_id),
        "name": shortened(place.name, 255),
        "address": shortened(place.address, 45),
        "city": shortened(place.city, 45),
        "postal_code": shortened(place.postal_code or "", 10),
        "country": _alpha_3(place.country),
        "coordinates": {"latitude": f"{place.latitude:.6f}", "longitude": f"{place.longitude:.6f}"},
        "evse_uid": identifier(place.evse_uid),
        "evse_id": _evse_id(place, binding),
        "connector_id": identifier(place.connector_id),
        "connector_standard": place.connector_standard,
        "connector_format": place.connector_format,
        "connector_power_type": place.connector_power_type,
    }
    return {name: value for name, value in located.items() if value}


def _evse_id(place: Place, binding: Binding) -> str:
    """Return the EVSEID of the binding; where it has none, one of the same form under the household's own party."""
    if binding.evse_id is not None:
        return identifier(binding.evse_id, _EVSE_ID)
    outlet = re.sub("[^A-Z0-9]", "", place.evse_uid.upper())[:30] or "1"
    return "{country_code}*{party_id}*E{outlet}".format(**place.owner, outlet=outlet)


def _alpha_3(country: str) -> str:
    import pycountry  # noqa: PLC0415 - its tables are read when they are asked for

    found = pycountry.countries.get(alpha_2=country.upper())
    if found is None:
        raise OcpiValueError("cdr_location.country", "no country of ISO 3166-1")
    return str(found.alpha_3)
