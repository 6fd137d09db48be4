"""VIN, EVSEID and EMAID by examples that others have published."""

import pytest

from custom_components.utility_han.procedures import (
    ContractIdError,
    EvseIdError,
    VinError,
    parse_contract_id,
    parse_evse_id,
    parse_vin,
)
from custom_components.utility_han.procedures.contract_id import check_digit
from custom_components.utility_han.procedures.vin import make_of

pytestmark = pytest.mark.use_case("SC-1")


@pytest.mark.parametrize(
    ("contract", "digit"),
    # Of the clearing house OCHP and of ShellRechargeSolutionsEU/mobilityid (CheckDigitSpec, EmaIdSpec), which
    # OpenChargingCloud/EMSP (EMAIdTests) has as well.
    [
        ("NN123ABCDEFGHI", "T"),
        ("FRXYZ123456789", "2"),
        ("ITA1B2C3E4F5G6", "4"),
        ("ESZU8WOX834H1D", "R"),
        ("PT73902837ABCZ", "Z"),
        ("DE83DUIEN83QGZ", "D"),
        ("DE83DUIEN83ZGQ", "M"),
        ("DE8AA001234567", "0"),
        ("NLTNM000122045", "U"),
        ("NLTNM000722345", "X"),
        ("NLTNMC00122045", "K"),
    ],
)
def test_check_digit_of_a_contract(contract: str, digit: str) -> None:
    assert check_digit(contract) == digit
    shown = f"{contract[:2]}-{contract[2:5]}-{contract[5:]}-{digit}"
    assert {parse_contract_id(each) for each in (contract, contract + digit, shown, f" {shown.lower()} ")} == {shown}
    with pytest.raises(ContractIdError, match=r"^invalid_contract_id$") as wrong:
        parse_contract_id(contract + ("A" if digit != "A" else "B"))
    assert wrong.value.reason == "invalid_contract_id"


@pytest.mark.parametrize(
    "typed",
    ["", "NL-TNM-C0012204", "N-TNM-C00122045-K", "NL-TN|-C00122045", "NL-TNMC00122045", "DE٨٣DUIEN٨٣QGZ", "1" * 14],
)
def test_what_is_no_contract(typed: str) -> None:
    with pytest.raises(ContractIdError, match=r"^invalid_contract_id_form$"):
        parse_contract_id(typed)


@pytest.mark.parametrize(
    ("typed", "shown"),
    # ShellRechargeSolutionsEU/mobilityid (EvseIdSpec), hubject/opcp (05_handling-of-ids), OCPI 2.2.1 (Location).
    [
        ("DE*AB7*E840*6487", "DE*AB7*E840*6487"),
        ("DEAB7E8406487", "DE*AB7*E8406487"),
        ("nl*tnm*e000122045", "NL*TNM*E000122045"),
        ("DE*ICE*E45B*78C", "DE*ICE*E45B*78C"),
        ("BE*BEC*E041503001", "BE*BEC*E041503001"),
        ("DEAB7E1", "DE*AB7*E1"),
        ("DE AB7-E840 6487", "DE*AB7*E8406487"),
        ("DE*AB7*E1234567890ABCDEFGHIJ1234567890", "DE*AB7*E1234567890ABCDEFGHIJ1234567890"),
        ("+49*810*000*438", "+49*810*000*438"),
        ("49*810*000*438", "+49*810*000*438"),
        ("+49*810548*1234567890", "+49*810548*1234567890"),
    ],
)
def test_evse_id_is_shown_in_one_form(typed: str, shown: str) -> None:
    assert parse_evse_id(typed) == parse_evse_id(shown) == shown


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("NL*TNM*840*6487", "invalid_evse_id_type"),
        ("DE*AB7*E" + "7" * 32, "invalid_evse_id"),
        ("+49*AB7*840*6487", "invalid_evse_id"),
        ("+49*645*E840*6487", "invalid_evse_id"),
        ("+49*810*" + "1" * 33, "invalid_evse_id"),
        ("+4A*810*000*438", "invalid_evse_id"),
        ("Garage", "invalid_evse_id"),
        ("", "invalid_evse_id"),
    ],
)
def test_what_is_no_evse_id(typed: str, reason: str) -> None:
    with pytest.raises(EvseIdError, match=rf"^{reason}$") as wrong:
        parse_evse_id(typed)
    assert wrong.value.reason == reason


def test_vin_has_a_check_digit_only_where_its_market_has_one() -> None:
    assert parse_vin("1M8GDM9AXKP042788") == "1M8GDM9AXKP042788"  # 49 CFR 565.15
    with pytest.raises(VinError, match=r"^invalid_vin$"):
        parse_vin("1M8GDM9A1KP042788")
    # Europe's makers fill the ninth place as they like, "Z" in Volkswagen's.
    assert parse_vin("wvwzzz1jz-xw000007") == "WVWZZZ1JZXW000007"


@pytest.mark.parametrize(
    ("vin", "make"),
    [("5YJ3E1EA0KF000316", "Tesla"), ("WVWZZZ1JZXW000001", "Volkswagen"), ("ZZZZZZ1JZXW000001", None)],
)
def test_vin_names_its_maker(vin: str, make: str | None) -> None:
    assert make_of(vin) == make
