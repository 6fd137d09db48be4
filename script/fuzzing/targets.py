"""What reads what others say: what each is given, and the errors that it may raise."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from io import BytesIO
from typing import Any

from hypothesis import strategies as st
from py20305.models import sep

from custom_components.utility_han.documents.green_button import (
    BillInterval,
    GreenButtonError,
    compare_bill,
    read_file,
)
from custom_components.utility_han.documents.ocpi import CdrFileError
from custom_components.utility_han.esi import DemandResponseProgram
from custom_components.utility_han.gateway import (
    GatewayError,
    UnusableIdentityError,
    create_identity,
    ends_subscription,
    load_identity,
    parse_address,
    parse_eui64,
    parse_label,
    parse_lfdi,
    parse_pin,
    parse_sfdi,
)
from custom_components.utility_han.gateway.ieee2030_5.connection import checked
from custom_components.utility_han.gateway.ieee2030_5.failures import NotXmlError
from custom_components.utility_han.gateway.ieee2030_5.load_control import control_of
from custom_components.utility_han.gateway.ieee2030_5.resources import lasting, moment, parse
from custom_components.utility_han.procedures import (
    ChargingPoint,
    CommissioningRun,
    ControlRecord,
    Health,
    LedgerEntry,
    RegistrationRun,
    UnreadableRecordError,
    VehicleRun,
    parse_vin,
    serial_fits,
)
from custom_components.utility_han.utility import utility_url
from custom_components.utility_han.utility.answer import parse_json
from custom_components.utility_han.utility.openadr.notifiers import read_notifiers, read_topics

from . import ocpi, seeds, utility
from .spoiling import spoilt_bytes, spoilt_json, spoilt_text
from .zigbee import frames, hear_frame, read_fragment

_PROGRAM = DemandResponseProgram("/dr/1", "Peak", 1, "/dr/1/edc", subscribable=False)
_MODELS = (sep.Time, sep.DeviceCapability, sep.EndDeviceList, sep.TextMessageList, sep.EndDeviceControlList)
_IDENTITY = create_identity()


@dataclass(frozen=True, slots=True)
class Target:
    """A reader: ``read`` is given what ``inputs`` draws, and may raise ``refusals`` and nothing else."""

    inputs: st.SearchStrategy[Any]
    read: Callable[[Any], object]
    refusals: tuple[type[Exception], ...] = ()


def _document(raw: bytes) -> None:
    raw = checked("/x", raw)
    for model in _MODELS:
        with suppress(GatewayError):
            found = parse(raw, model, "/x")
            for control in getattr(found, "end_device_control", ()):
                _ = control_of(_PROGRAM, control).start.astimezone(UTC)
            for message in getattr(found, "text_message", ()):
                _ = moment(message.interval.start.value) + lasting(message.interval.duration)


def _answer(drawn: tuple[str, Any]) -> None:
    operation, value = drawn
    utility.take(operation, utility.written(value))


def _code(text: str) -> None:
    for read in (parse_address, parse_eui64, parse_label, parse_lfdi, parse_pin, parse_sfdi, parse_vin, utility_url):
        with suppress(ValueError):
            read(text)


def _pem(raw: bytes) -> None:
    text = raw.decode(errors="replace")
    for certificate, key in ((text, text), (text, _IDENTITY.key_pem), (_IDENTITY.cert_pem, text)):
        with suppress(UnusableIdentityError):
            load_identity(certificate, key)


_RECORDS: Mapping[str, Callable[[Any], object]] = {
    "health": Health.from_dict,
    "registration": RegistrationRun.from_dict,
    "commissioning": CommissioningRun.from_dict,
    "vehicle": VehicleRun.from_dict,
    "ledger": LedgerEntry.from_dict,
    "control": ControlRecord.from_dict,
    "point": lambda data: ChargingPoint.from_dict(data, 11_000.0),
}


def _record(drawn: tuple[str, Any]) -> None:
    name, value = drawn
    _RECORDS[name](json.loads(json.dumps(value)))


def _one_of(values: Mapping[str, Any]) -> st.SearchStrategy[tuple[str, Any]]:
    """Draw a name and what it has, spoilt."""
    return st.sampled_from(sorted(values)).flatmap(lambda name: st.tuples(st.just(name), spoilt_json(values[name])))


_OF_VTN: Mapping[str, Callable[[Any], object]] = {
    "notifiers": lambda data: read_notifiers(data, "vtn.example", named=True),
    "topics": read_topics,
}


def _vtn(drawn: tuple[str, Any]) -> None:
    name, value = drawn
    try:
        data = parse_json(utility.written(value))
    except ValueError:
        return
    _OF_VTN[name](data)


def _bill(raw: bytes) -> None:
    for point in read_file(BytesIO(raw)).usage_points:
        for register in point.registers:
            bill = [BillInterval(start, duration, wh) for start, duration, wh, _ in register.wh()]
            meter = [(each.start, each.duration, each.wh * 2) for each in bill]
            compare_bill(bill, meter, meter, UTC, summaries=point.summaries)


_DOCUMENTS = spoilt_bytes(seeds.DOCUMENTS, seeds.DOCUMENT_TOKENS)
_PEMS = spoilt_bytes(
    [(_IDENTITY.cert_pem + _IDENTITY.key_pem).encode()], (b"-----", b"\n", b"=", b"BEGIN ", b"END ", b"ENCRYPTED ")
)
_SERIALS = st.text("ABZ059-", min_size=4, max_size=32)

TARGETS: Mapping[str, Target] = {
    "documents of IEEE 2030.5": Target(_DOCUMENTS, _document, (NotXmlError,)),
    "notifications": Target(_DOCUMENTS, ends_subscription),
    "Green Button files": Target(spoilt_bytes(seeds.GREEN_BUTTON, seeds.DOCUMENT_TOKENS), _bill, (GreenButtonError,)),
    "frames of Zigbee": Target(frames(), hear_frame),
    "fragments of RAVEn": Target(spoilt_bytes(seeds.FRAGMENTS, seeds.FRAGMENT_TOKENS), read_fragment),
    "answers of the utility": Target(
        _one_of({operation: utility.answers()[operation] for operation in utility.CALLS}), _answer
    ),
    "what a VTN says of its news": Target(_one_of(seeds.OF_VTN), _vtn, (UnreadableRecordError,)),
    "charge detail records": Target(_one_of(ocpi.CDRS), ocpi.read_data, (CdrFileError,)),
    "files of charge detail records": Target(
        spoilt_bytes(ocpi.CDR_FILES, ocpi.CDR_TOKENS), ocpi.read_file, (CdrFileError,)
    ),
    "signed meter values": Target(spoilt_text(ocpi.OCMF, ocpi.OCMF_TOKENS), ocpi.read_signed),
    "codes, addresses and labels": Target(spoilt_text(seeds.CODES, seeds.CODE_TOKENS), _code),
    "patterns of serial numbers": Target(
        st.tuples(_SERIALS, spoilt_text(seeds.PATTERNS, seeds.PATTERN_TOKENS)), lambda drawn: serial_fits(*drawn)
    ),
    "certificates and keys": Target(_PEMS, _pem),
    "what was stored": Target(_one_of(seeds.RECORDS), _record, (UnreadableRecordError,)),
}
"""By what is read."""
