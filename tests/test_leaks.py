"""The demo's search for secrets finds each, however and wherever it is written, and nothing else."""

import base64
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from homeassistant.components.recorder.db_schema import (
    Base,
    EventData,
    Events,
    EventTypes,
    StateAttributes,
    States,
    StatesMeta,
)
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from script.demo_home.leaks import Place, leaks, written
from script.demo_home.secrets import Secret, secrets_of

# The same in every process that runs tests: they are told apart by it.
KEY = derive_private_key(int.from_bytes(sha256(b"a key of the tests").digest()), SECP256R1())
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
BODY = "".join(PEM.splitlines()[1:-1])
NUMBER = KEY.private_numbers().private_value.to_bytes(32)
VIN, PIN, CODE = "1M8GDM9AXKP042788", "424242", "8CC9E4C20AE427BA367C279D6E3DFD1B6D7F"
LINK_KEY = "c8350ab79a0135671a75932d160e43f0"
"""What that code makes, by zigpy."""
TOKEN = "uRSs-Zqj84i7zCGrFy_YyM4w+pnuR5/ut"
STREET, ACCOUNT = "53 Elm Straße", "0815-4711"
SECRETS = {
    "key_pem": PEM,
    "vin": VIN,
    "pin": PIN,
    "install_code": CODE,
    "access_token": TOKEN,
    "address": STREET,
    "payer_number": ACCOUNT,
    "latitude": "39.7392",
    "longitude": "-104.9903",
}
FORMS: list[tuple[str, str]] = [
    ("key_pem", PEM),
    ("key_pem", json.dumps({"key": PEM})),
    ("key_pem", f"key {BODY}"),
    ("key_pem", f"{NUMBER.hex()}"),
    ("key_pem", ":".join(f"{each:02X}" for each in NUMBER)),
    ("key_pem", str(list(NUMBER))),
    ("key_pem", repr(NUMBER)),
    ("key_pem", base64.b64encode(b"x" + NUMBER).decode()),
    ("vin", f"vehicle {VIN} is bound"),
    ("vin", VIN.lower()),
    ("vin", "1M8 GDM9AX KP042788"),
    ("vin", base64.b64encode(f"vin={VIN}".encode()).decode()),
    ("vin", base64.urlsafe_b64encode(f"a{VIN}b".encode()).decode()),
    ("vin", VIN.encode().hex()),
    ("pin", f'"pin": {PIN},'),
    ("pin", "424 242"),
    ("install_code", "8CC9 E4C2 0AE4 27BA 367C 279D 6E3D FD1B 6D7F"),
    ("install_code", CODE.lower()),
    ("install_code", str(list(bytes.fromhex(CODE)))),
    ("install_code", str([f"0x{each:02x}" for each in bytes.fromhex(CODE)]).replace("'", "")),
    ("install_code", repr(bytes.fromhex(CODE)[::-1])),
    ("install_code", base64.b64encode(bytes.fromhex(CODE)).decode()),
    ("access_token", f"Bearer {TOKEN}"),
    ("access_token", f"?token={quote(TOKEN, safe='')}"),
    ("address", f"at {STREET}"),
    ("address", json.dumps(STREET)),
    ("address", quote(STREET)),
    ("payer_number", "PN 08154711"),
    ("payer_number", "0815 4711"),
    ("latitude", "(39.73921, -105)"),
    ("longitude", "lon=-104.990"),
]


def found(text: str, place: str = "log") -> set[str]:
    secrets = {Secret(field, value) for field, value in SECRETS.items()}
    return {each.secret.field for each in leaks(secrets, [Place(place, text)])}


@pytest.mark.parametrize(("field", "text"), FORMS)
def test_secret_is_found_in_every_form(field: str, text: str) -> None:
    assert found(text) == {field}


@pytest.mark.parametrize(
    "text",
    [
        "1M8••••••••••2788",  # masked
        "…4711",
        "2026-11-27 11:00:00.424242",
        "2026-11-28 00:27:39.739 DEBUG, 2026-11-28T00:27:39.739+00:00",
        "2026-11-27 42:42:42.123",
        "1424242 Wh, 4242421 Wh, 0.424242",
        "39.74, -104.99",
        "-----BEGIN CERTIFICATE-----\nMIIBvjCCAWWgAwIBAgIUfn\n-----END CERTIFICATE-----",
        "-----BEGIN PRIVATE KEY-----",
    ],
)
def test_what_is_no_secret_is_not_found(text: str) -> None:
    assert found(text) == set()


def test_what_is_told_of_a_leak_has_no_secret() -> None:
    (first, *_) = leaks({Secret("vin", VIN), Secret("pin", PIN)}, [Place("log", f"{PIN} opens {VIN} of somebody")])
    assert str(first) == "pin in log: [pin] opens [vin] of somebody"


def test_secrets_are_gathered_from_what_is_kept_and_typed(tmp_path: Path) -> None:
    def keep(name: str, data: Any) -> None:
        (tmp_path / name).write_text(json.dumps({"version": 1, "key": name, "data": data}))

    entry = {"identity": {"key_pem": PEM}, "install_code": CODE, "utility": {"account": "••••••9852"}}
    entries = [
        {"domain": "utility_han", "data": entry, "subentries": [{"data": {"vin": VIN, "pin": 424242}}]},
        {"domain": "other", "data": {"token": "somebody else's"}},
    ]
    keep("core.config_entries", {"entries": entries})
    keep("core.config", {"latitude": 39.7392, "longitude": -104.9903})
    keep("utility_han.01M8C0WCHEYCGVK111B7SZFRDY.load_control", {"webhook_id": "8f96f513cba71c61"})
    assert secrets_of(tmp_path, {"more": {"payer_number": ACCOUNT}}, {"key": "135790"}) == {
        Secret("key_pem", PEM),
        Secret("install_code", CODE),
        Secret("link_key", LINK_KEY),
        Secret("vin", VIN),
        Secret("pin", PIN),
        Secret("latitude", "39.7392"),
        Secret("longitude", "-104.9903"),
        Secret("webhook_id", "8f96f513cba71c61"),
        Secret("payer_number", ACCOUNT),
        Secret("key", "135790"),
    }


def _in_log(folder: Path, _session: Session, text: str) -> None:
    (folder / "home-assistant.log").write_text(f"DEBUG {text}")


def _as_state(_folder: Path, session: Session, text: str) -> None:
    session.add(States(state=text, states_meta_rel=StatesMeta(entity_id="sensor.car")))


def _as_attribute(_folder: Path, session: Session, text: str) -> None:
    told = StateAttributes(shared_attrs=json.dumps({"vin": text}))
    session.add(States(state="on", states_meta_rel=StatesMeta(entity_id="sensor.car"), state_attributes=told))


def _as_event(_folder: Path, session: Session, text: str) -> None:
    session.add(_event("utility_han_session", text))


def _event(kind: str, text: str) -> Events:
    data = EventData(shared_data=json.dumps({"of": text}))
    fired = datetime.now(UTC).timestamp()
    return Events(time_fired_ts=fired, event_type_rel=EventTypes(event_type=kind), event_data_rel=data)


@pytest.mark.parametrize(
    ("put", "place"),
    [
        (_in_log, "log home-assistant.log"),
        (_as_state, "recorder sensor.car"),
        (_as_attribute, "recorder sensor.car"),
        (_as_event, "recorder utility_han_session"),
    ],
)
def test_secret_is_found_in_what_a_home_has_written(
    tmp_path: Path, put: Callable[[Path, Session, str], None], place: str
) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/home-assistant_v2.db")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(_event("call_service", VIN))  # what a person typed is heard by administrators
        session.add(States(state="0", states_meta_rel=StatesMeta(entity_id="zone.home")))
        session.commit()
    secrets = {Secret("vin", VIN)}
    assert list(leaks(secrets, written(tmp_path))) == []
    with Session(engine) as session:
        put(tmp_path, session, VIN)
        session.commit()
    (leak,) = leaks(secrets, written(tmp_path))
    assert leak.place == place
    assert VIN not in str(leak)


def test_a_home_without_recorder_is_no_home_without_leaks(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        list(written(tmp_path))
