"""What is kept on disk: of other versions, damaged, cut off; one record loses no other, one file no hub."""

import json
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, override

import pytest
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_fire_time_changed

from custom_components.utility_han.const import CONF_GATEWAY_LFDI, CONF_GATEWAY_SFDI, CONF_VTN, DOMAIN
from custom_components.utility_han.devices.store import Registrations
from custom_components.utility_han.gateway import AbsentGateway
from custom_components.utility_han.health.store import Conditions
from custom_components.utility_han.hub.kept.storage import _OPEN, Kept, MadeByNewerVersionError
from custom_components.utility_han.hub.kept.store import HanStore
from custom_components.utility_han.hub.kept.versions import Migrations
from custom_components.utility_han.hub.link_record import LinkRecord
from custom_components.utility_han.load_control.store import KeptControls
from custom_components.utility_han.vehicles.store import Charging, ChargingPoints
from tests.helpers.files import hass_storage

__all__ = ["hass_storage"]

HOME = Path(__file__).parent.parent / "homes" / "0.1.0" / "config" / ".storage"
ENTRY = "01M8C0WCHEYCGVK111B7SZFRDY"
"""The hub of that home that has something of everything."""
ALL: tuple[type[Kept], ...] = (HanStore, LinkRecord, Registrations, KeptControls, Charging, ChargingPoints, Conditions)
every_store = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.what)


@pytest.fixture
async def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A hub that is known and not loaded."""
    entry = MockConfigEntry(domain=DOMAIN, title="Demo home", entry_id=ENTRY)
    entry.add_to_hass(hass)
    return entry


def of(kind: type[Kept]) -> str:
    """Return whose the file is: all hubs', or one's."""
    return "" if kind is HanStore else ENTRY


def kept(kind: type[Kept]) -> dict[str, Any]:
    """Return a file as 0.1.0 wrote it, which had the charging points in the file of the charging."""
    written = Charging if kind is ChargingPoints else kind
    read: dict[str, Any] = json.loads((HOME / written._key(of(kind))).read_text())
    if kind is ChargingPoints:
        read |= {"key": kind._key(of(kind)), "data": {"points": read["data"]["points"]}}
    return read


def path(hass: HomeAssistant, kind: type[Kept], entry_id: str | None = None) -> Path:
    """Return where a file lies."""
    return Path(hass.config.path(".storage", kind._key(of(kind) if entry_id is None else entry_id)))


def put(hass: HomeAssistant, kind: type[Kept], file: dict[str, Any] | str) -> Path:
    """Lay a file there."""
    where = path(hass, kind)
    where.parent.mkdir(exist_ok=True)
    where.write_text(file if isinstance(file, str) else json.dumps(file))
    return where


async def read(hass: HomeAssistant, kind: type[Kept]) -> Kept:
    """Read it, as after a start."""
    hass.data.pop(_OPEN, None)
    return await kind.async_get(hass, of(kind))


def told(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return what notices say, by their keys."""
    return {str(each.translation_key): each for each in ir.async_get(hass).issues.values()}


def said(notice: ir.IssueEntry) -> dict[str, str]:
    """Return what a notice is filled with."""
    return notice.translation_placeholders or {}


def records(kind: type[Kept], data: dict[str, Any]) -> Any:
    """Return a section of the file with records in it."""
    if kind is KeptControls:
        return data["rules"]["records"]
    sections: dict[type[Kept], str] = {
        HanStore: "runs",
        LinkRecord: "values",
        Registrations: "records",
        Charging: "ledger",
        ChargingPoints: "points",
    }
    return data[sections.get(kind, "known")]


def as_list(section: Any) -> list[Any]:
    """Return the records of a section."""
    return list(section.values()) if isinstance(section, dict) else section


def holds(found: Any, wanted: Any) -> bool:
    """Whether everything of ``wanted`` is there, beside what versions since have added."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            name in found and holds(found[name], value) for name, value in wanted.items()
        )
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(holds(one, other) for one, other in zip(found, wanted, strict=True))
        )
    return bool(found == wanted)


@every_store
async def test_files_of_0_1_0_are_read_whole(hass: HomeAssistant, entry: ConfigEntry, kind: type[Kept]) -> None:
    file = kept(kind)
    put(hass, kind, file)
    store = await read(hass, kind)
    assert not told(hass)
    snapshot = json.loads(json.dumps(store.snapshot()))
    if kind is HanStore:
        file["data"] = {section: found for section, found in file["data"].items() if found}
    if kind is Charging:
        points = await ChargingPoints.async_get(hass, ENTRY)
        assert holds(points.snapshot()["points"], file["data"].pop("points"))
        for vehicle in file["data"]["vehicles"]:
            del vehicle["plan"]["asked"]  # a reservation begins when the gateway is asked for it
    assert holds(snapshot, file["data"])
    await store.async_save()
    assert path(hass, kind).stat().st_mode & 0o777 == 0o600, "private keys are in one, and where a home is in others"
    version = dict(zip(("version", "minor_version"), kind.version, strict=True))
    assert json.loads(path(hass, kind).read_text()) == {**file, **version, "data": snapshot}


@every_store
async def test_nothing_was_kept_yet(hass: HomeAssistant, entry: ConfigEntry, kind: type[Kept]) -> None:
    store = await read(hass, kind)
    assert await kind.async_get(hass, of(kind)) is store
    assert not told(hass)
    await store.async_save()
    await kind.async_remove(hass, of(kind))
    assert not path(hass, kind).exists()


_RECORDS = {
    "lfdi",
    "settled",
    "health",
    "method",
    "acted",
    "vin",
    "primacy",
    "unbroken",
    "total",
    "quality",
    "override",
}


def _more(found: Any) -> Any:
    """Give every record a field of a newer version."""
    if isinstance(found, dict):
        return {name: _more(value) for name, value in found.items()} | (
            {"newer": [1]} if _RECORDS & found.keys() else {}
        )
    return [_more(each) for each in found] if isinstance(found, list) else found


@every_store
@pytest.mark.parametrize("minor", [1, 7])
async def test_one_field_more_and_a_newer_minor_version(
    hass: HomeAssistant, entry: ConfigEntry, kind: type[Kept], minor: int
) -> None:
    file = kept(kind)
    put(hass, kind, {**file, "minor_version": minor, "data": _more(file["data"]) | {"whole_section": {"a": 1}}})
    store = await read(hass, kind)
    assert not told(hass)
    snapshot = store.snapshot()
    assert len(as_list(records(kind, snapshot))) == len(as_list(records(kind, file["data"])))


@every_store
async def test_one_section_less(hass: HomeAssistant, entry: ConfigEntry, kind: type[Kept]) -> None:
    for section in kept(kind)["data"]:
        file = kept(kind)
        del file["data"][section]
        put(hass, kind, file)
        await read(hass, kind)
        assert not told(hass), section


_LESS: dict[type[Kept], str] = {
    HanStore: "method",
    Registrations: "run",
    KeptControls: "out",
    Charging: "records",
    ChargingPoints: "session",
    Conditions: "health",
}


def _without(record: dict[str, Any], kind: type[Kept]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name != _LESS[kind]}


def _wrong(record: dict[str, Any], kind: type[Kept]) -> dict[str, Any]:
    return record | {_LESS[kind]: 5}


_DAMAGES: dict[str, Callable[..., Any]] = {
    "less": _without,
    "wrong": _wrong,
    "nothing": lambda *_: None,
    "list": lambda *_: [],
    "text": lambda *_: "text",
}


@pytest.mark.parametrize(
    ("kind", "damage"),
    [
        pytest.param(kind, damage, id=f"{kind.what}-{name}")
        for kind in _LESS
        for name, damage in _DAMAGES.items()
        # Of what nothing is known is well: a condition without its health can be read.
        if (kind, damage) != (Conditions, _without)
    ],
)
async def test_unreadable_record_among_good_ones(
    hass: HomeAssistant, entry: ConfigEntry, kind: type[Kept], damage: Callable[..., Any]
) -> None:
    before = kept(kind)
    file = kept(kind)
    section = records(kind, file["data"])
    place = 0 if isinstance(section, list) else next(iter(section))
    section[place] = damaged = damage(section[place], kind)
    put(hass, kind, file)
    store = await read(hass, kind)
    notice = told(hass)["records_unreadable"]
    assert notice.is_fixable
    assert said(notice)["title"] == ("Utility HAN" if kind is HanStore else "Demo home")
    assert len(as_list(records(kind, store.snapshot()))) == len(as_list(section)) - 1

    # It is kept aside, told once, and taken up when it can be read.
    ir.async_delete_issue(hass, DOMAIN, notice.issue_id)
    await store.async_save()
    written = json.loads(path(hass, kind).read_text())
    assert [each["record"] for each in written["data"]["unread"]] == [damaged]
    store = await read(hass, kind)
    assert not told(hass)
    await store.async_save()
    written = json.loads(path(hass, kind).read_text())
    written["data"]["unread"][0]["record"] = as_list(records(kind, before["data"]))[0]
    put(hass, kind, written)
    store = await read(hass, kind)
    assert len(as_list(records(kind, store.snapshot()))) == len(as_list(section))
    await store.async_save()
    assert "unread" not in json.loads(path(hass, kind).read_text())["data"]


@every_store
async def test_sections_of_a_wrong_type(hass: HomeAssistant, entry: ConfigEntry, kind: type[Kept]) -> None:
    file = kept(kind)
    put(hass, kind, {**file, "data": dict.fromkeys(file["data"], 5)})
    store = await read(hass, kind)
    assert "records_unreadable" in told(hass)
    await store.async_save()
    written = json.loads(path(hass, kind).read_text())
    assert {each["record"] for each in written["data"]["unread"]} == {5}
    put(hass, kind, written)
    await read(hass, kind)
    assert not [each for each in told(hass).values() if each.translation_key == "store_unreadable"]


DAMAGED = [
    pytest.param(lambda text: text[: len(text) // 2], id="truncated"),
    pytest.param(lambda _: "", id="empty"),
    pytest.param(lambda _: "\0" * 100, id="zeros"),
    pytest.param(lambda _: "{}", id="nothing"),
    pytest.param(lambda _: "[1]", id="list"),
    pytest.param(lambda _: "null", id="null"),
    pytest.param(lambda _: '{"version": 1, "minor_version": 1}', id="no data"),
    pytest.param(lambda _: '{"version": 1, "minor_version": 1, "data": [1]}', id="data that is a list"),
    pytest.param(lambda _: '{"version": "x", "minor_version": 1, "data": {}}', id="no version"),
]


@every_store
@pytest.mark.parametrize("damage", DAMAGED)
async def test_damaged_file_is_set_aside_and_told(
    hass: HomeAssistant, entry: ConfigEntry, kind: type[Kept], damage: Callable[[str], str]
) -> None:
    text = damage(json.dumps(kept(kind)))
    where = put(hass, kind, text)
    store = await read(hass, kind)
    (notice,) = ir.async_get(hass).issues.values()
    assert (notice.translation_key, notice.is_persistent, notice.is_fixable) == ("store_unreadable", True, True)
    assert notice.severity is (ir.IssueSeverity.ERROR if kind.vital else ir.IssueSeverity.WARNING)
    assert len(said(notice)["lost"]) > 20, "it says in words what was lost"
    assert (where.parent / said(notice)["file"]).read_text() == text
    await store.async_save()
    assert json.loads(where.read_text())["version"] == 1

    await kind.async_remove(hass, of(kind))
    assert not list(where.parent.glob(f"{where.name}.unreadable*"))
    assert not list(where.parent.glob(f"{where.name}.corrupt*"))
    assert not where.exists()


@every_store
async def test_newer_major_version(hass: HomeAssistant, entry: ConfigEntry, kind: type[Kept]) -> None:
    file = {**kept(kind), "version": 2, "data": {"nobody": "knows"}}
    where = put(hass, kind, file)
    if kind.vital:
        with pytest.raises(MadeByNewerVersionError):
            await read(hass, kind)
        assert set(told(hass)) == {"made_by_newer_version"}
        assert said(told(hass)["made_by_newer_version"])["file"] == where.name
        assert json.loads(where.read_text()) == file, "it is left as it is"
    else:
        await read(hass, kind)
        (notice,) = told(hass).values()
        assert notice.translation_key == "store_unreadable"
        aside = where.parent / said(notice)["file"]
        assert json.loads(aside.read_text()) == file, "it is kept"
    await kind.async_remove(hass, of(kind))
    assert not list(where.parent.glob(f"{DOMAIN}*")), "it is removed without being read"


class _Shelf(Kept):
    """A store of a later version."""

    what = "health"
    suffix = "shelf"
    version = (2, 1)
    migrations: ClassVar[Migrations] = {
        (1, 2): lambda data: {"things": data["items"]},
        (1, 3): lambda data: {"things": [each.upper() for each in data["things"]]},
        (2, 1): lambda data: {"things": {each: {} for each in data["things"]}},
    }
    things: dict[str, Any]

    def restore(self, data: dict[str, Any]) -> None:
        self.things = data.get("things", {})
        if "broken" in self.things:
            raise KeyError

    def snapshot(self) -> dict[str, Any]:
        return {"things": self.things}


@pytest.mark.parametrize(
    ("version", "minor", "data"),
    [
        (1, 1, {"items": ["a"]}),
        (1, 2, {"things": ["a"]}),
        (1, 3, {"things": ["A"]}),
        (1, 9, {"things": ["A"]}),
        (2, 1, {"things": {"A": {}}}),
        (2, 5, {"things": {"A": {}}}),
    ],
)
async def test_migrations(
    hass: HomeAssistant, entry: ConfigEntry, version: int, minor: int, data: dict[str, Any]
) -> None:
    put(hass, _Shelf, {"version": version, "minor_version": minor, "key": "x", "data": data})
    store = await read(hass, _Shelf)
    assert isinstance(store, _Shelf)
    assert store.things == {"A": {}}
    written = json.loads(path(hass, _Shelf).read_text())
    assert (written["version"], written["data"]) == (2, {"things": {"A": {}}})


@pytest.mark.parametrize(
    "file",
    [
        {"version": 1, "minor_version": 1, "key": "x", "data": {}},
        {"version": 2, "minor_version": 1, "key": "x", "data": {"things": ["broken"]}},
    ],
)
async def test_what_migration_or_store_cannot_work_with_is_damage(
    hass: HomeAssistant, entry: ConfigEntry, file: dict[str, Any]
) -> None:
    where = put(hass, _Shelf, file)
    store = await read(hass, _Shelf)
    assert isinstance(store, _Shelf)
    assert store.things == {}
    aside = where.parent / said(told(hass)["store_unreadable"])["file"]
    assert json.loads(aside.read_text()) == file


async def test_disk_that_does_not_read_loses_nothing(hass: HomeAssistant, entry: ConfigEntry) -> None:
    where = path(hass, Charging)
    where.mkdir(parents=True)  # what cannot be opened
    with pytest.raises(ConfigEntryNotReady):
        await read(hass, Charging)
    assert where.is_dir()
    assert not told(hass)


async def test_entry_of_a_newer_version(hass: HomeAssistant, current_request_with_host: None) -> None:
    entry = MockConfigEntry(domain=DOMAIN, title="Demo home", entry_id=ENTRY, version=2, data={"beyond": True})
    entry.add_to_hass(hass)
    shared = put(hass, HanStore, kept(HanStore))
    files = [put(hass, kind, {**kept(kind), "version": 2}) for kind in ALL if kind is not HanStore]
    assert await async_setup_component(hass, DOMAIN, {})
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.MIGRATION_ERROR
    notice = told(hass)["made_by_newer_version"]
    assert notice.translation_placeholders == {"title": "Demo home", "file": "core.config_entries"}
    await hass.config_entries.async_remove(ENTRY)
    await hass.async_block_till_done()
    assert "made_by_newer_version" not in told(hass)
    assert [file for file in files if file.exists()] == []
    assert shared.exists()


class FoundMeter(AbsentGateway):
    """A meter of which a dialog has found everything."""

    expected_lfdi = "AB" * 20

    @override
    def restore(self, data: dict[str, Any]) -> None:
        self.restored = data


async def test_what_a_dialog_found_of_its_first_meter_is_taken_up_by_a_hub(hass: HomeAssistant) -> None:
    entry = MockConfigEntry(domain=DOMAIN, data={CONF_VTN: {}})
    entry.add_to_hass(hass)
    link, store, meter = (
        await LinkRecord.async_get(hass, entry.entry_id),
        await HanStore.async_get(hass),
        FoundMeter(""),
    )
    await link.async_follow(entry, AbsentGateway("home"))
    found = {CONF_GATEWAY_LFDI: meter.expected_lfdi, "gateway": {"registers": 7}}
    await store.async_put("links", "12345", found)
    known = {CONF_GATEWAY_SFDI: "12345", CONF_GATEWAY_LFDI: meter.expected_lfdi}
    hass.config_entries.async_update_entry(entry, data={**entry.data, **known})
    await link.async_follow(entry, meter)
    assert meter.restored == {"registers": 7}
    assert not store.all("links")


@contextmanager
def no_room() -> Iterator[None]:
    """Have the system refuse every write to a file, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@every_store
async def test_what_the_disk_does_not_take_is_written_once_it_does(
    hass: HomeAssistant, entry: ConfigEntry, kind: type[Kept], caplog: pytest.LogCaptureFixture
) -> None:
    where = put(hass, kind, kept(kind))
    store, before = await read(hass, kind), where.read_text()
    with no_room():
        await store.async_save()
        await store.async_save()
    assert where.read_text() == before, "what was there is there still"
    assert set(told(hass)) == {"store_not_written"}
    assert caplog.text.count("cannot be written") == 1
    where.unlink()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await hass.async_block_till_done()
    assert json.loads(where.read_text())["data"] == json.loads(json.dumps(store.snapshot()))
    assert told(hass) == {}


async def test_disk_that_is_full_is_told_once_for_all_files(hass: HomeAssistant, entry: ConfigEntry) -> None:
    stores = [await read(hass, kind) for kind in (LinkRecord, Registrations)]
    with no_room():
        for store in stores:
            await store.async_save()
    assert len(told(hass)) == 1
    await stores[0].async_save()
    assert set(told(hass)) == {"store_not_written"}, "the other still waits"
    await stores[1].async_save()
    assert told(hass) == {}
