"""Homes that earlier versions left start under this one with everything that was theirs.

What has to be there is read from what was kept of them, see ``tests/homes/README.md``.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_socket

from script.demo_home.kept import MANIFEST
from script.demo_home.nursery import Nursery
from tests.helpers.upgrade import AWAY, DOMAIN, GONE, Upgraded, instants, said, upgrade

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("upgrade")]
HOMES = sorted(each.parent for each in (Path(__file__).parent.parent / "homes").glob(f"*/{MANIFEST}"))
# What is measured anew, or found on the gateway again, by its place in the files of 0.1.0.
MEASURED = re.compile(
    r"last_contact|values\.|gateway\.(guard|plausibility)\.|gateway\.profile\.channels\.\d+\.reading_href"
    r"|known\.\w+\.health\.seen\.\w+\.2$"  # when a reason was seen last
    r"|gateway\.messages\.\d+\.(start|end|text)$"  # as the simulator has it that sends it now
    r"|points\.[\w.]*\.(meter\.(total|counter|at|max_power)$|session\.marks\.[1-9])"
)
# What 0.1.0 took for a measured signal may be none: the bars are drawn anew, the places are the person's.
PLACE = re.compile(r'font-size="16">([^<]+)</text>')
# 0.1.0 told what is asked, also of a pump that does something else: this one was switched off.
SWITCHED_OFF = "pool_pump"
# When the gateway was last heard of, and its message to newcomers, which is as old as the simulator that sends it.
OF_THE_GATEWAY = ("last_contact", "message")


@pytest.fixture(scope="module", params=HOMES, ids=lambda kept: kept.name)
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Upgraded:
    """The home under this version; it is started once for all tests."""
    pytest_socket.enable_socket()
    return asyncio.run(upgrade(request.param, tmp_path_factory.mktemp("home"), nursery))


def entities(home: Upgraded) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every entity of the component that the kept registry has, by its id; not those that are to be removed."""
    for each in home.registered("entity"):
        if each["platform"] == DOMAIN and each["translation_key"] not in GONE:
            yield each["entity_id"], each


def removed(home: Upgraded) -> Iterator[str]:
    """Yield the entities that the kept registry has, and that this version is to remove."""
    return (each["entity_id"] for each in home.registered("entity") if each["translation_key"] in GONE)


def both(home: Upgraded, what: str) -> tuple[Any, Any]:
    """Return what was told before and now, however its times are written."""
    return instants(home.before[what]), instants(home.told[what])


def test_entries_are_loaded(home: Upgraded) -> None:
    kept = [each for each in home.revived.storage["core.config_entries"]["entries"] if each["domain"] == DOMAIN]
    assert len(kept) == 3
    for entry in kept:
        now = home.told["entries"][entry["entry_id"]]
        assert (now["state"], now["reason"]) == ("loaded", None)
        assert now["title"] == entry["title"]
        for subentry in entry["subentries"]:
            same = {key: subentry[key] for key in ("subentry_id", "subentry_type", "title", "unique_id")}
            assert home.told["subentries"][subentry["subentry_id"]] == {**same, "entry_id": entry["entry_id"]}
    for what in ("entries", "subentries"):
        assert home.told[what].keys() == home.before[what].keys()


def test_every_entity_is_there(home: Upgraded) -> None:
    same = (
        "id", "unique_id", "platform", "config_entry_id", "config_subentry_id", "device_id", "area_id", "name",
        "disabled_by", "hidden_by", "entity_category", "translation_key",
    )  # fmt: skip
    found = dict(entities(home))
    assert len(found) > 100
    for entity_id, kept in found.items():
        now = home.told["entities"].get(entity_id, {})
        before = {key: kept[key] for key in same}
        if before["translation_key"] is None:
            before["translation_key"] = now.get("translation_key")  # what had no words may have some by now
        assert {key: now.get(key) for key in same} == before, entity_id


def test_entities_that_are_shown_no_more_are_removed(home: Upgraded) -> None:
    gone = list(removed(home))
    assert len(gone) == 3
    assert not [each for each in gone if each in home.told["entities"] or each in home.told["states"]]


def test_vin_is_no_serial_number_for_all_to_see(home: Upgraded) -> None:
    (vin,) = [each["unique_id"] for each in home.told["subentries"].values() if each["subentry_type"] == "vehicle"]
    assert vin
    assert vin in json.dumps(home.registered("device"))
    for what in ("devices", "entities", "states"):
        assert vin not in json.dumps(home.told[what]), what


def test_no_entity_is_orphaned(home: Upgraded) -> None:
    for entity_id, _ in entities(home):
        before, now = (told["states"].get(entity_id) for told in (home.before, home.told))
        assert (now is None) == (before is None), entity_id
        if now is not None and before is not None:
            assert not now["attributes"].get("restored"), entity_id
            assert now["state"] not in AWAY or before["state"] in AWAY, entity_id


def test_states_are_the_same(home: Upgraded) -> None:
    """Registrations, bindings, load controls, health, cases: all that is no measurement, and was known."""
    before, now = both(home, "states")
    compared = 0
    for entity_id, kept in entities(home):
        measured = kept["unit_of_measurement"] is not None or kept["translation_key"] in OF_THE_GATEWAY
        if entity_id in before and not measured and before[entity_id]["state"] not in AWAY:
            compared += 1
            told = before[entity_id]["state"]
            if entity_id == f"sensor.{SWITCHED_OFF}_active_load_control":
                assert told == "temperature_offset"
                told = "reduction"
            assert now[entity_id]["state"] == told, entity_id
    assert compared > 50


def test_devices_are_the_same(home: Upgraded) -> None:
    kept = [each for each in home.registered("device") if each["config_entry_id"] in home.before["entries"]]
    assert len(kept) == 3 + 5
    same = (
        "identifiers", "config_entry_id", "config_subentry_id", "area_id", "name", "name_by_user", "manufacturer",
        "model", "serial_number", "via_device_id", "disabled_by",
    )  # fmt: skip
    hubs = {each["entry_id"]: each["data"] for each in home.revived.storage["core.config_entries"]["entries"]}
    vehicles = [each["subentry_id"] for each in home.told["subentries"].values() if each["subentry_type"] == "vehicle"]
    for device in kept:
        now = home.told["devices"].get(device["id"], {})
        was = {key: device[key] for key in same}
        if device["config_subentry_id"] in vehicles:
            was["serial_number"] = f"…{device['serial_number'][-4:]}"
        if device["manufacturer"] == "Home Assistant":
            was["model"] = f"{device['model'][:1].upper()}{device['model'][1:]}"
        if "transport" in hubs[device["config_entry_id"]] and device["config_subentry_id"] is None:
            # 0.1.0 took the address of the radio for the serial number of the meter.
            assert now["serial_number"] != was.pop("serial_number")
        assert {key: now.get(key) for key in was} == was


def test_devices_are_registered(home: Upgraded) -> None:
    stages = {
        entity_id: home.told["states"][entity_id]["state"]
        for entity_id, kept in entities(home)
        if kept["translation_key"] == "registration_state"
    }
    assert sorted(stages.values()) == ["commissioned", "commissioned", "enrolled", "enrolled"]


def sessions(home: Upgraded) -> list[dict[str, Any]]:
    """Return what was billed before."""
    vehicles = home.before["bindings"].values()
    return [session for each in vehicles for binding in each["bindings"] for session in binding["sessions"]]


def test_open_session_goes_on_and_is_billed_whole(home: Upgraded) -> None:
    (entity_id,) = [each for each, kept in entities(home) if kept["translation_key"] == "session_energy"]
    before, now = (told["states"][entity_id] for told in (home.before, home.told))
    start = instants(before["attributes"]["last_reset"])
    assert instants(now["attributes"]["last_reset"]) == start
    assert float(now["state"]) >= float(before["state"]) > 0

    known = {session["id"] for session in sessions(home)}
    (billed,) = [each for each in home.billed if each["session_id"] not in known]
    assert instants(billed["started_at"]) == start
    assert billed["energy_wh"] == round(home.charger["total_kwh"] * 1000) - home.revived.facts["session_began_at_wh"]
    assert len(home.billed) == len(known) + 1, "what was billed before is billed once"


def test_bindings_and_ledger_are_the_same(home: Upgraded) -> None:
    before, now = both(home, "bindings")
    assert any(binding["sessions"] for each in before.values() for binding in each["bindings"])
    assert now == before


def test_load_controls_are_shown(home: Upgraded) -> None:
    before, now = both(home, "calendars")
    assert any(before.values())
    for entity_id, events in before.items():
        for event in events or ():
            # 0.1.0 did not say what a test signal is of.
            event["summary"] = event["summary"].replace("Test signal", "Test signal of a diagnosis or repair")
            if entity_id == f"calendar.{SWITCHED_OFF}_load_control":
                event["summary"] = event["summary"].replace("Shift the temperature", "Reduce the load")
    assert {entity_id: now.get(entity_id) for entity_id in before} == before


def test_sessions_of_before_are_in_the_calendar_that_is_new(home: Upgraded) -> None:
    charged = [f"{each['energy_wh'] / 1000:.2f} kWh" for each in sessions(home)]
    shown = [event["summary"] for event in home.told["calendars"]["calendar.family_car_charging_sessions"]]
    assert charged
    assert [each for each in charged if not any(summary.startswith(each) for summary in shown)] == []


def test_coverage_survey_is_shown(home: Upgraded) -> None:
    assert home.before["pictures"]
    before, now = (
        {each: PLACE.findall(drawn) for each, drawn in told["pictures"].items()} for told in (home.before, home.told)
    )
    assert any(before.values())
    assert now == before


def test_no_notice_is_new_and_none_is_gone(home: Upgraded) -> None:
    before, now = (
        {each for each in told["issues"] if each.startswith(f"{DOMAIN}.")} for told in (home.before, home.told)
    )
    assert len(before) == 3
    # A message that the utility wants acknowledged was confirmed unseen by 0.1.0: now a person is asked.
    assert {each for each in now if not each.startswith(f"{DOMAIN}.acknowledge_text_")} == before


def test_dialogs_go_on_where_they_were_left(home: Upgraded) -> None:
    assert "resume" in home.resumable["device"]
    assert "resume" in home.resumable["vehicle"]
    offered = json.dumps(home.resumable["hub"])
    drafts = home.revived.storage[DOMAIN]["drafts"]
    assert drafts
    assert all(draft["gateway_sfdi"] in offered for draft in drafts.values())


@pytest.mark.parametrize("what", ["statistics", "history"])
def test_recorder_goes_on(home: Upgraded, what: str) -> None:
    before, now = both(home, what)
    assert before
    gone = set(removed(home))
    for entity_id, rows in before.items():
        if entity_id in gone:
            continue
        assert [row for row in rows if row not in now[entity_id]] == [], entity_id


def test_nothing_stored_is_lost(home: Upgraded) -> None:
    """All that the component's files said is still said in one of them; what is only measured may be newer."""
    left = Counter(value for name, data in home.storage.items() if name.startswith(DOMAIN) for _, value in said(data))
    lost: list[str] = []
    for name, data in home.revived.storage.items():
        for path, value in said(data) if name.startswith(DOMAIN) else ():
            if left[value] > 0:
                left[value] -= 1
            elif not MEASURED.match(path):
                lost.append(f"{name} {path}: {value}")
    assert not lost


def test_nothing_went_wrong(home: Upgraded) -> None:
    said_of_all = "We found a custom integration"
    found = re.findall(rf"^.*(?: (?:WARNING|ERROR) .*{DOMAIN}|File .*/{DOMAIN}/).*$", home.log, re.MULTILINE)
    assert [line for line in found if said_of_all not in line] == []
