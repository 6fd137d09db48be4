"""Codes from labels and letters: what is right is taken however it is typed, one wrong digit never is (IP-5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custom_components.utility_han.gateway.commissioning_data import (
    Address,
    crc16_x25,
    parse_address,
    parse_install_code,
    parse_lfdi,
    parse_pin,
    parse_sfdi,
)

pytestmark = pytest.mark.use_case("IP-5")


def with_check_digit(digits: str) -> str:
    """Append the digit that makes the digit sum a multiple of ten."""
    return f"{digits}{-sum(map(int, digits)) % 10}"


def grouped(text: str, size: int, separator: str) -> str:
    """Write ``text`` in groups, as labels do."""
    return separator.join(text[i : i + size] for i in range(0, len(text), size))


separators = st.sampled_from(["", " ", "-", ":", " - ", "\n"])
sizes = st.integers(2, 8)


@given(st.integers(0, 99999), sizes, separators)
def test_pin_is_taken_in_any_grouping(number: int, size: int, separator: str) -> None:
    pin = with_check_digit(f"{number:05d}")
    assert parse_pin(f" {grouped(pin, size, separator)} ") == int(pin)


@given(st.integers(0, 99999), st.integers(0, 5), st.integers(1, 9))
def test_pin_with_one_wrong_digit_is_refused(number: int, place: int, shift: int) -> None:
    pin = list(with_check_digit(f"{number:05d}"))
    pin[place] = str((int(pin[place]) + shift) % 10)
    with pytest.raises(ValueError, match="check digit"):
        parse_pin("".join(pin))


@pytest.mark.parametrize("text", ["", "12345", "1234567", "12345a", "١٢٣٤٥٥"])
def test_pin_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="six digits"):
        parse_pin(text)


@given(st.integers(1, 2**36 - 1), sizes, separators)
def test_sfdi_is_taken_in_any_grouping(number: int, size: int, separator: str) -> None:
    sfdi = with_check_digit(str(number))
    assert parse_sfdi(grouped(sfdi.zfill(12), size, separator)) == sfdi


@given(st.integers(2**36, 10**11 - 1))
def test_sfdi_beyond_36_bits_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="check digit"):
        parse_sfdi(with_check_digit(str(number)))


@given(st.binary(min_size=20, max_size=20), sizes, separators, st.booleans())
def test_lfdi_is_taken_in_any_grouping_and_case(lfdi: bytes, size: int, separator: str, upper: bool) -> None:
    text = lfdi.hex().upper() if upper else lfdi.hex()
    assert bytes.fromhex(parse_lfdi(grouped(text, size, separator))) == lfdi


@given(st.text(alphabet="0123456789abcdefgxyz", max_size=60).filter(lambda text: len(text) != 40))
def test_lfdi_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="forty"):
        parse_lfdi(text)


@given(st.sampled_from([6, 8, 12, 16]).flatmap(lambda n: st.binary(min_size=n, max_size=n)), sizes, separators)
def test_install_code_is_taken_in_any_grouping(payload: bytes, size: int, separator: str) -> None:
    code = payload + crc16_x25(payload).to_bytes(2, "little")
    assert parse_install_code(grouped(code.hex(), size, separator)) == code


@given(st.binary(min_size=16, max_size=16), st.integers(0, 143))
def test_install_code_with_one_wrong_bit_is_refused(payload: bytes, bit: int) -> None:
    code = int.from_bytes(payload + crc16_x25(payload).to_bytes(2, "little")) ^ (1 << bit)
    with pytest.raises(ValueError, match="checksum"):
        parse_install_code(code.to_bytes(18).hex())


def test_published_install_code_is_taken() -> None:
    assert len(parse_install_code("83FE D340 7A93 9723 A5C6 39B2 6916 D505 C3B5")) == 18


@pytest.mark.parametrize(("text", "why"), [("83FE", "8, 10, 14 or 18"), ("zz" * 8, "hexadecimal")])
def test_install_code_of_another_shape_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_install_code(text)


@pytest.mark.use_case("IP-5")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        (" meter.local ", Address("meter.local")),
        ("192.0.2.19:8443", Address("192.0.2.19", 8443)),
        ("https://example.com/csip/dcap", Address("example.com", None, "/csip/dcap")),
        ("fe80::1", Address("fe80::1")),
        ("[2001:db8::2]:8081/dcap", Address("2001:db8::2", 8081, "/dcap")),
        ("example.com/", Address("example.com")),
    ],
)
def test_address_may_have_port_and_path(text: str, found: Address) -> None:
    assert parse_address(text) == found


@pytest.mark.parametrize("text", ["", "http://meter", "me@meter", "meter:99999", "https://", "[::1", "a..b", "x" * 64])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        parse_address(text)
