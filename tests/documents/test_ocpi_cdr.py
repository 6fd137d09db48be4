"""A charge as an OCPI CDR: what is in which field, for whom it is, and that it adds up whatever was charged."""

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator

from custom_components.utility_han.documents.ocpi import OcpiValueError, Place, Version, as_text, cdr
from custom_components.utility_han.procedures.charging.charge import Charge, ChargedVehicle, ChargePeriod
from custom_components.utility_han.utility.rate_model import PriceKind, PriceSource, RateProgram, TierPeriod
from tests.helpers.random_charges import bound, credit_of, is_holiday, place_in, random_charges

HOME = place_in("Europe/Berlin")
QUARTER = timedelta(minutes=15)
SCHEMAS = Path(__file__).parent / "schemas"

pytestmark = pytest.mark.use_case("UR-EV")


def program(**more: Any) -> RateProgram:
    """Return one with a night, a fee and a tax."""
    made = RateProgram(
        id="night",
        name="Night",
        summary="Cheap at night",
        open=True,
        guests=False,
        currency="EUR",
        time_zone="Europe/Berlin",
        prices={"day": Decimal("0.30"), "night": Decimal("0.12345")},
        names={"day": "Day", "night": "Night"},
        periods=(TierPeriod("night", (1, 2, 3, 4, 5, 6, 7), "22:00", "06:00"),),
        default_tier="day",
        terms_version="1",
        terms="Terms",
        session_fee=Decimal("0.50"),
        tax_percent=Decimal(19),
    )
    return replace(made, **more)


def charge(start: datetime, *parts: tuple[int, str], of: RateProgram | None = None, **more: Any) -> Charge:
    """Return one of quarters of an hour, each with its energy and price."""
    of = of or program()
    periods = tuple(
        ChargePeriod(start + number * QUARTER, start + (number + 1) * QUARTER, energy, "-", Decimal(price), "measured")
        for number, (energy, price) in enumerate(parts)
    )
    made = Charge(
        id="5f1c2f0e-0000-5000-8000-000000000001",
        session_id="session-1",
        vehicle=ChargedVehicle("Car", "1M8GDM9AXKP042788", "Voltline", "One"),
        binding=bound(of),
        program=of,
        started_at=start,
        ended_at=periods[-1].ended_at,
        periods=periods,
        month_wh_before=0,
        meter_kind="evse",
        meter_id="METER-1",
        meter_start_wh=None,
        meter_end_wh=None,
        issued_at=datetime(2026, 2, 1, 12, 0, 0, 999, tzinfo=UTC),
    )
    return replace(made, **more)


EVENING = datetime(2026, 1, 15, 20, 45, tzinfo=UTC)  # 21:45 in Berlin
PARTS = ((1501, "0.30"), (2000, "0.12345"), (0, "0.12345"))


def _closed(schema: Any) -> Any:
    """Have a schema refuse what it does not name."""
    if isinstance(schema, Mapping):
        return {
            name: False if name == "additionalProperties" and part is True else _closed(part)
            for name, part in schema.items()
        }
    return [_closed(part) for part in schema] if isinstance(schema, list) else schema


def _validator(version: Version) -> Draft202012Validator:
    return Draft202012Validator(_closed(json.loads((SCHEMAS / f"ocpi-{version}-cdr.json").read_text())))


def test_an_evening_as_it_is_told() -> None:
    """Each amount is rounded once, to the four decimals that OCPI's numbers have."""
    told = cdr(charge(EVENING, *PARTS), HOME, Version.V2_2_1)
    assert (told["start_date_time"], told["end_date_time"]) == ("2026-01-15T20:45:00Z", "2026-01-15T21:30:00Z")
    assert [(each["start_date_time"][11:], each["dimensions"]) for each in told["charging_periods"]] == [
        ("20:45:00Z", [{"type": "ENERGY", "volume": 1.501}, {"type": "TIME", "volume": 0.25}]),
        ("21:00:00Z", [{"type": "ENERGY", "volume": 2}, {"type": "TIME", "volume": 0.25}]),
        ("21:15:00Z", [{"type": "PARKING_TIME", "volume": 0.25}]),
    ]
    assert told["total_cost"] == {"excl_vat": 1.1972, "incl_vat": 1.4247}  # 0.4503 + 0.2469 + 0.5
    assert told["total_energy_cost"] == {"excl_vat": 0.6972, "incl_vat": 0.8297}
    assert told["total_fixed_cost"] == {"excl_vat": 0.5, "incl_vat": 0.595}
    assert (told["total_energy"], told["total_time"], told["total_parking_time"]) == (3.501, 0.75, 0.25)
    assert (told["meter_id"], told["last_updated"]) == ("METER-1", "2026-02-01T12:00:00Z")
    tariff = told["tariffs"][0]
    assert {each["tariff_id"] for each in told["charging_periods"]} == {tariff["id"]} == {"night-1"}
    assert tariff["elements"] == [
        {"price_components": [{"type": "FLAT", "price": 0.5, "step_size": 1, "vat": 19}]},
        {
            "price_components": [{"type": "ENERGY", "price": 0.12345, "step_size": 1, "vat": 19}],
            "restrictions": {"start_time": "22:00", "end_time": "00:00"},
        },
        {
            "price_components": [{"type": "ENERGY", "price": 0.12345, "step_size": 1, "vat": 19}],
            "restrictions": {"start_time": "00:00", "end_time": "06:00"},
        },
        {"price_components": [{"type": "ENERGY", "price": 0.3, "step_size": 1, "vat": 19}]},
    ]


def test_money_and_tax_of_2_3_0() -> None:
    told = cdr(charge(EVENING, *PARTS), HOME, Version.V2_3_0)
    assert told["total_cost"] == {
        "before_taxes": 1.1972,
        "taxes": [{"name": "VAT", "percentage": 19, "amount": 0.2275}],
    }
    assert told["tariffs"][0]["tax_included"] == "NO"


def test_prices_that_have_their_tax_in_them() -> None:
    made = charge(EVENING, *PARTS, of=program(tax_percent=None))
    old, new = (cdr(made, HOME, version) for version in Version)
    assert old["total_cost"] == {"excl_vat": 1.1972, "incl_vat": 1.1972}
    assert new["total_cost"] == {"before_taxes": 1.1972}
    assert new["tariffs"][0]["tax_included"] == "YES"
    assert "vat" not in as_text(old["tariffs"])


def test_a_credit_has_all_of_the_first_and_one_amount_negative() -> None:
    made = charge(EVENING, *PARTS)
    first, credit = (cdr(each, HOME, Version.V2_2_1) for each in (made, credit_of(made)))
    assert credit["total_cost"] == {"excl_vat": -1.1972, "incl_vat": -1.4247}
    assert (credit["credit"], credit["credit_reference_id"]) == (True, first["id"])
    changed = {name for name in credit if credit[name] != first.get(name)}
    assert changed == {"id", "total_cost", "credit", "credit_reference_id", "last_updated"}
    assert len(credit["id"]) <= 39
    assert "credit" not in first


def test_a_correction_is_a_record_of_its_own() -> None:
    told = cdr(charge(EVENING, *PARTS, id="new", corrects="old"), HOME, Version.V2_2_1)
    assert "credit" not in told
    assert told["remark"] == "Takes the place of old."


@pytest.mark.parametrize(
    ("bill_to", "guest", "compensated"),
    [
        ("premise_account", False, False),
        ("own_account", False, False),
        ("guest", True, False),
        ("employer", False, True),
    ],
)
def test_who_is_to_be_compensated(bill_to: str, guest: bool, compensated: bool) -> None:
    """It is the "home charger of the EV Driver", and somebody else pays."""
    made = charge(EVENING, *PARTS, binding=bound(program(), bill_to=bill_to, guest=guest))
    assert cdr(made, HOME, Version.V2_2_1)["home_charging_compensation"] is compensated


def test_token_and_place_by_what_is_known() -> None:
    told = cdr(charge(EVENING, *PARTS), HOME, Version.V2_2_1)
    assert told["cdr_token"] == {
        "country_code": "DE",
        "party_id": "8AA",
        "uid": "veh-1",
        "type": "OTHER",
        "contract_id": "DE-8AA-001234567-0",
    }
    assert (told["cdr_location"]["evse_id"], told["cdr_location"]["country"]) == ("DE*HAN*E1", "DEU")
    other = bound(program(), contract_id="4711/0815")
    told = cdr(charge(EVENING, *PARTS, binding=other), HOME, Version.V2_2_1)
    assert (told["cdr_token"]["party_id"], told["cdr_token"]["contract_id"]) == ("HAN", "4711/0815")
    unknown = bound(program(), contract_id=None, evse_id=None, vehicle_id="ÄÖÜ" * 20)
    told = cdr(charge(EVENING, *PARTS, binding=unknown, meter_kind="submeter"), HOME, Version.V2_2_1)
    assert told["cdr_token"]["uid"] == told["cdr_token"]["contract_id"]
    assert len(told["cdr_token"]["uid"]) == 36
    assert told["cdr_location"]["evse_id"] == "DE*HAN*EGARAGE"
    assert "meter_id" not in told, "it is not inside the charge point"
    assert told["remark"] == "Measured by submeter METER-1."


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("country_code", "DEU"), ("party_id", "HA"), ("city", " "), ("latitude", 91.0), ("country", "ZZ")],
)
def test_a_place_that_no_record_can_be_written_with(field: str, wrong: Any) -> None:
    values = {name: getattr(HOME, name) for name in Place.__dataclass_fields__}
    with pytest.raises(OcpiValueError, match=r"coordinates" if field == "latitude" else field):
        cdr(charge(EVENING, *PARTS), Place(**values | {field: wrong}), Version.V2_2_1)


OCMF = (
    'OCMF|{"FV":"1.0","MS":"M1","RD":[{"TM":"2026-01-15T21:45:00,000+0100 S","TX":"%s","RV":1.5}]}|{"SD":"30450220"}'
)


def test_what_a_charger_signed_is_passed_on() -> None:
    text = f"{OCMF % 'B'}\n{OCMF % 'E'}"
    signed = cdr(charge(EVENING, *PARTS, signed_data=text), HOME, Version.V2_2_1)["signed_data"]
    assert signed["encoding_method"] == "OCMF"
    assert [each["nature"] for each in signed["signed_values"]] == ["Start", "End"]
    assert base64.b64decode(signed["signed_values"][1]["signed_data"]).decode() == OCMF % "E"
    assert json.loads(signed["signed_values"][0]["plain_data"])["MS"] == "M1"


def test_a_signed_record_longer_than_its_field() -> None:
    """Of a payload of more than 512 characters the readings are told; all of it is in what was signed."""
    text = (OCMF % "E").replace('"MS"', f'"UX":"{"x" * 600}","MS"')
    value = cdr(charge(EVENING, *PARTS, signed_data=text), HOME, Version.V2_2_1)["signed_data"]["signed_values"][0]
    assert list(json.loads(value["plain_data"])) == ["RD"]
    assert base64.b64decode(value["signed_data"]).decode() == text


@pytest.mark.parametrize("text", ["", "OCMF|", "OCMF|[]|{}", "OCMF|{|{}", "12.5", "OCMF|{}|{}"])
def test_what_is_no_signed_record_is_left_out(text: str) -> None:
    assert "signed_data" not in cdr(charge(EVENING, *PARTS, signed_data=text), HOME, Version.V2_2_1)


def test_an_hour_that_the_clock_shows_twice() -> None:
    """Each of the two has a price of its own: by the clock they are one, by what had been charged they are two."""
    of = program(source=PriceSource(PriceKind.GATEWAY), periods=(), session_fee=Decimal(0))
    start = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    assert {(start + timedelta(hours=each)).astimezone(ZoneInfo("Europe/Berlin")).hour for each in (0, 1)} == {2}
    parts = [(1000, "0.10")] * 4 + [(1000, "0.25")] * 4
    told = cdr(charge(start, *parts, of=of), HOME, Version.V2_2_1)
    assert [
        (each["price_components"][0]["price"], each["restrictions"]) for each in told["tariffs"][0]["elements"]
    ] == [
        (0.1, {"max_kwh": 4}),
        (0.25, {"min_kwh": 4}),
    ]


def test_prices_that_change_are_told_by_the_clock() -> None:
    of = program(source=PriceSource(PriceKind.GATEWAY), periods=(), session_fee=Decimal(0))
    parts = ((100, "0.2"), (100, "-0.01"), (0, "0.9"), (100, "0.00001"), (900, "0.2"))
    told = cdr(charge(EVENING, *parts, of=of), HOME, Version.V2_2_1)
    on = {"start_date": "2026-01-15", "end_date": "2026-01-16"}
    assert [
        (each["price_components"][0]["price"], each.get("restrictions")) for each in told["tariffs"][0]["elements"]
    ] == [
        (-0.01, {"start_time": "22:00", "end_time": "22:30", **on}),
        (0.00001, {"start_time": "22:30", "end_time": "22:45", **on}),
        (0.2, None),
    ]
    assert '"price": 0.00001,' in as_text(told)


def test_what_costs_nothing_is_said_as_the_text_wants_it() -> None:
    of = program(prices={"day": Decimal(0), "night": Decimal(0)}, session_fee=Decimal(0))
    told = cdr(charge(EVENING, (1000, "0"), of=of), HOME, Version.V2_2_1)
    assert told["tariffs"][0]["elements"] == [
        {"price_components": [{"type": "FLAT", "price": 0, "step_size": 1, "vat": 19}]}
    ]


@pytest.mark.parametrize("version", list(Version))
def test_random_charges_fit_the_schema_and_add_up(version: Version) -> None:
    validator = _validator(version)
    for made in random_charges(11, 60):
        told = json.loads(as_text(cdr(made, place_in(made.program.time_zone), version, is_holiday=is_holiday)))
        validator.validate(told)
        starts = [each["start_date_time"] for each in told["charging_periods"]]
        assert told["start_date_time"] == starts[0]
        assert starts == sorted(set(starts), key=datetime.fromisoformat)
        assert datetime.fromisoformat(starts[-1]) < datetime.fromisoformat(told["end_date_time"])
        volumes = [each["volume"] for period in told["charging_periods"] for each in period["dimensions"][:1]]
        kinds = [period["dimensions"][0]["type"] for period in told["charging_periods"]]
        energy = sum(Decimal(str(v)) for v, kind in zip(volumes, kinds, strict=True) if kind == "ENERGY")
        assert energy == Decimal(str(told["total_energy"])) == Decimal(made.energy_wh) / 1000


def test_both_versions_tell_the_same_money() -> None:
    """What others price is 2.2.1: 2.3.0 differs in how it writes amounts, and in nothing that a price is made of.

    ``Price`` of 2.3.0 is an amount before taxes and a list of taxes, and its Tariff says whether prices have them in.
    """
    amounts = ("total_cost", "total_fixed_cost", "total_energy_cost", "total_time_cost")
    for made in random_charges(12, 60):
        old, new = (cdr(made, place_in(made.program.time_zone), version, is_holiday=is_holiday) for version in Version)
        for name in amounts:
            before, taxes = new[name]["before_taxes"], new[name].get("taxes", ())
            after = sum((Decimal(str(each["amount"])) for each in taxes), start=Decimal(str(before)))
            assert (before, after) == (old[name]["excl_vat"], Decimal(str(old[name]["incl_vat"])))
            assert [each["percentage"] for each in taxes] == [
                float(each) for each in (made.program.tax_percent,) if each is not None
            ]
        (tariff,) = new["tariffs"]
        assert tariff.pop("tax_included") == ("YES" if made.program.tax_percent is None else "NO")
        assert {name: each for name, each in new.items() if name not in amounts} == {
            name: each for name, each in old.items() if name not in amounts
        }
