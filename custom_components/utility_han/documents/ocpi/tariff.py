"""``Tariff`` (OCPI ``mod_tariffs``): a rate program to be shared, and one as it was applied to a session."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from ...procedures.charging.charge import Charge
from ...procedures.charging.tariff import Holidays, no_holidays
from ...utility.rate_model import RateProgram
from .agreed import Span, agreed_elements, is_dated
from .applied import applied_elements
from .elements import Element, elements_json
from .place import Place
from .values import Json, OcpiValueError, Version, identifier, moment, second_of


def tariff(
    program: RateProgram,
    place: Place,
    version: Version,
    updated_at: datetime,
    *,
    year: int | None = None,
    is_holiday: Holidays = no_holidays,
) -> Json:
    """Return the ``Tariff`` of a rate program, to be shared.

    One with seasons or holidays is that of a ``year`` (``updated_at``'s where none is named), since OCPI's dates do
    not come again. ``OcpiValueError`` for what a Tariff cannot say: prices that change, and blocks of the month.
    """
    if program.source is not None:
        raise OcpiValueError("elements", "prices that change are known for a session only")
    if program.blocks:
        raise OcpiValueError("elements", "what was charged in the month before a session is known for a session only")
    zone = ZoneInfo(place.time_zone)
    year = year or updated_at.astimezone(zone).year
    span = Span(date(year, 1, 1), date(year + 1, 1, 1), is_holiday)
    written = _tariff(
        _id(program), program, agreed_elements(program, span, 0), program.session_fee, place, version, updated_at
    )
    if is_dated(program):
        borders = (datetime(each.year, 1, 1, tzinfo=zone).astimezone(UTC) for each in (span.first, span.until))
        written["start_date_time"], written["end_date_time"] = (moment(each) for each in borders)
    return written


def applied_tariff(charge: Charge, place: Place, version: Version, is_holiday: Holidays) -> Json:
    """Return the ``Tariff`` in force of a charge, in elements that give exactly its prices.

    It has the id of the shared one where it is the same; a credit has that of the charge that it takes back.
    """
    program = charge.program
    elements, as_agreed = applied_elements(charge, ZoneInfo(place.time_zone), is_holiday)
    same = as_agreed and not program.blocks and not is_dated(program) and charge.session_fee == program.session_fee
    of = _id(program) if same else identifier(f"{_id(program)} as applied to {charge.credits or charge.id}")
    return _tariff(of, program, elements, charge.session_fee, place, version, charge.binding.valid_from)


def _id(program: RateProgram) -> str:
    return identifier(f"{program.id}-{program.terms_version}")


def _tariff(
    of: str,
    program: RateProgram,
    elements: Sequence[Element],
    session_fee: Decimal,
    place: Place,
    version: Version,
    updated_at: datetime,
) -> Json:
    written: Json = {**place.owner, "id": of, "currency": program.currency}
    if program.monthly_fee:
        # It is on no session. The text may say what the elements do not.
        text = f"Monthly fee: {program.monthly_fee.normalize():f} {program.currency}"
        written["tariff_alt_text"] = [{"language": "en", "text": text}]
    written["elements"] = elements_json(elements, session_fee, program.tax_percent)
    if version is Version.V2_3_0:
        # Whether PriceComponent.price has taxes in it; 2.2.1 has no word for that.
        written["tax_included"] = "YES" if program.tax_percent is None else "NO"
    return written | {"last_updated": moment(second_of(updated_at))}
