"""The XML fragments of sticks as they come in the field, made such that aioraven's own converters can read them.

What elements mean is from Rainforest Automation's "RAVEn XML API Manual" 1.27 and "EAGLE Uploader API Manual" (which
has the same fragments); numbers are attributes of the meter's, in the types of Zigbee Smart Energy 1.4, annexes D.3
and D.4, which zigpy lists as well.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from functools import partial

from aioraven.data import (
    ConnectionState,
    MessageQueue,
    MeterType,
    RAVEnData,
    convert_currency,
    convert_date_code,
    convert_datetime,
    convert_hex_to_bytes,
    convert_int,
)
from zigpy.zcl.clusters.smartenergy import MeteringDeviceType

_NO_TIME = 0xFFFFFFFF
_MAC_DIGITS = 16
_LIST = "MeterMacId"
"""The one element that is told several times on purpose, in a MeterList."""
_OTHER_NAMES = {"Type": "MeterType", "Nickname": "NickName"}
"""How other firmware calls elements."""
_SIGNED_WIDTHS = (24, 32, 64)
_SUMMATION_MARKS = frozenset({2**32 - 1, 2**48 - 1, 2**64 - 1})
"""All ones in any of the widths in which sticks write CurrentSummationDelivered (uint48) are its "not available"."""
_SUMMATION_BITS = 48
_SCALE_MARKS = frozenset({2**24 - 1, 2**32 - 1})
"""The same of Multiplier and Divisor (uint24), written in 24 or 32 bits."""
_PRICE_MARK = 2**32 - 1
_MOST_TRAILING_DIGITS = 15
"""PriceTrailingDigit has four bits."""
_NUMBER_BITS = 64


def tidied(tag: str, raw: RAVEnData) -> RAVEnData:
    """Return a fragment with each element once, and none that makes no sense; ``ValueError`` where that matters.

    An element that is told twice counts as it was told last.
    """
    found: RAVEnData = {}
    for told, value in raw.items():
        name = _OTHER_NAMES.get(told, told)
        texts = [text for each in (value if isinstance(value, list) else [value]) if (text := (each or "").strip())]
        read = [text for text in (_ELEMENTS.get(name, str)(text) for text in texts) if text is not None]
        if name == _LIST and tag == "MeterList":
            found[name] = list(dict.fromkeys(read))
        elif read:
            found[name] = read[-1]
    # The library takes a fragment without elements for the end of the line.
    return found or {"DeviceMacId": None}


def is_from(told: str | None, meter: bytes) -> bool:
    """Whether a fragment with this MeterMacId is of ``meter``; one that cannot be read is for the reader to refuse."""
    try:
        return not told or int(told, 16) == int.from_bytes(meter)
    except ValueError:
        return True


def demand(raw: RAVEnData) -> str | None:
    """Return Demand in kW. It is InstantaneousDemand (int24s), however wide it is written."""
    if (value := _number(raw, "Demand")) is None:
        return None
    width = next(bits for bits in _SIGNED_WIDTHS if value < 1 << bits)
    signed = value - (1 << width) if value >> (width - 1) else value
    marks = {-(1 << (bits - 1)) for bits in _SIGNED_WIDTHS}
    return None if signed in marks else _scaled(signed, raw)


def summation(raw: RAVEnData, element: str) -> str | None:
    """Return SummationDelivered or SummationReceived in kWh; both are uint48."""
    value = _number(raw, element)
    if value is None or value in _SUMMATION_MARKS or value >> _SUMMATION_BITS:
        return None
    return _scaled(value, raw)


def _scaled(value: int, raw: RAVEnData) -> str | None:
    """Apply Multiplier and Divisor: "If the multiplier or divisor is zero then use a value of one instead".

    The digits that a fragment names are hints for a display, and would round.
    """
    multiplier, divisor = _number(raw, "Multiplier"), _number(raw, "Divisor")
    if _SCALE_MARKS & {multiplier, divisor}:
        return None
    return f"{Decimal(value) * (multiplier or 1) / (divisor or 1):f}"


def price(raw: RAVEnData) -> str | None:
    """Return Price, None where there is none.

    "The price returned is zero" where neither meter nor person has set one: zero counts only where a currency, and
    the tier or label that it is the price of, are told with it.
    """
    value, digits = _number(raw, "Price"), _number(raw, "TrailingDigits") or 0
    if value is None or value >= _PRICE_MARK or digits > _MOST_TRAILING_DIGITS:
        return None
    named = _number(raw, "Tier") or raw.get("TierLabel") or raw.get("RateLabel")
    if value == 0 and not (named and raw.get("Currency")):
        return None
    return f"{Decimal(value).scaleb(-digits):f}"


def _number(raw: RAVEnData, element: str) -> int | None:
    text = raw.get(element)
    if text is None:
        return None
    value = int(str(text), 0)
    if not 0 <= value < 1 << _NUMBER_BITS:
        raise ValueError(f"{element} is no number of a meter")
    return value


def _readable(convert: Callable[[str], object], text: str) -> str | None:
    """Let through what the library's converter takes."""
    try:
        convert(text)
    except ValueError, OverflowError:
        return None
    return text


def _time(text: str) -> str | None:
    if _readable(partial(convert_datetime, utc=True), text) is None or int(text, 0) == _NO_TIME:
        return None
    return text


def _mac(text: str) -> str:
    """Give an EUI64 the zeros back that some firmware leaves out at its head."""
    return f"0x{int(text, 16):0{_MAC_DIGITS}x}"


def _flag(text: str) -> str | None:
    """Return a boolean as the manual has it; other firmware says it by a number."""
    if text.upper() in {"Y", "N"}:
        return text.upper()
    return None if _readable(convert_int, text) is None else "NY"[int(text, 0) != 0]


def _word[E: Enum](words: type[E], text: str) -> str:
    """Return one of ``words`` however it is capitalised; what an unknown one means nobody knows: ``ValueError``."""
    for word in words:
        if str(word.value).casefold() == text.casefold():
            return str(word.value)
    raise ValueError(f"unknown word {text!r}")


def _kind_of_meter(text: str) -> str:
    """Return MeterType, which some firmware tells as a number of MeteringDeviceType; what is unknown is other."""
    try:
        return _word(MeterType, text)
    except ValueError:
        number = int(text, 0) if _readable(convert_int, text) is not None else None
    return str(_KINDS.get(number, MeterType.OTHER).value)


_KINDS: Mapping[int | None, MeterType] = {
    MeteringDeviceType.Electric_Metering: MeterType.ELECTRIC,
    MeteringDeviceType.Mirrored_Electric_Metering: MeterType.ELECTRIC,
    MeteringDeviceType.Gas_Metering: MeterType.GAS,
    MeteringDeviceType.Mirrored_Gas_Metering: MeterType.GAS,
    MeteringDeviceType.Water_Metering: MeterType.WATER,
    MeteringDeviceType.Mirrored_Water_Metering: MeterType.WATER,
}
_INTEGER, _BYTES = partial(_readable, convert_int), partial(_readable, convert_hex_to_bytes)
_ELEMENTS: Mapping[str, Callable[[str], str | None]] = {
    "Channel": _INTEGER,
    "Confirmed": _flag,
    "ConfirmationRequired": _flag,
    "CoordMacId": _mac,
    "Currency": partial(_readable, convert_currency),
    "DateCode": partial(_readable, convert_date_code),
    "DeviceMacId": _mac,
    "Enabled": _flag,
    "ExtPanId": _BYTES,
    "Id": _BYTES,
    "InstallCode": _BYTES,
    "LinkKey": _BYTES,
    "LinkStrength": _INTEGER,
    "LocalTime": _time,
    "MeterMacId": _mac,
    "MeterType": _kind_of_meter,
    "Queue": partial(_word, MessageQueue),
    "ShortAddr": _BYTES,
    "Status": partial(_word, ConnectionState),
    "StatusCode": _BYTES,
    "Tier": _INTEGER,
    "TimeStamp": _time,
    "UTCTime": _time,
}
"""How the elements that we read are read: what gives None is as good as not told. Others are taken as they are."""
