"""What Home Assistant reads of the integration by name: each kind of mistake is found, and what ships has none."""

import ast
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from script import check_integration as check
from script import schemas

ROOT = Path(__file__).parent.parent
MANIFEST: dict[str, Any] = json.loads((check.COMPONENT / "manifest.json").read_text())
SAID = {
    "services": {
        "run": {"name": "Run", "description": "Runs.", "fields": {"way": {"name": "Way", "description": "How."}}}
    }
}
RUN: dict[str, Any] = {"run": {"fields": {"way": {"selector": {"text": None}}}}}


def test_what_ships_has_no_problem() -> None:
    assert list(check.problems()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"codeowners": ["somebody"]}, "no code owner"),
        ({"documentation": "http://example.com"}, "no https address"),
        ({"version": "new"}, "version"),
        ({"requirements": ["babel"]}, "not pinned"),
        ({"dependencies": ["webhook", "usb"]}, "not in order"),
        ({"domain": "other"}, "name of the folder"),
        ({"aaa": 1}, "by the alphabet"),
    ],
)
def test_fault_of_a_manifest_is_found(change: dict[str, Any], said: str) -> None:
    (found,) = check.manifest_problems({**MANIFEST, **change})
    assert said in found


def test_import_that_is_no_dependency_is_found() -> None:
    without = {**MANIFEST, "dependencies": [], "after_dependencies": []}
    assert any("usb is imported" in each for each in check.import_problems(without))


def test_error_without_a_translation_is_found() -> None:
    (found,) = check.error_problems(ast.parse('raise HomeAssistantError("no")'), "a.py")
    assert "a.py:1" in found
    assert not list(check.error_problems(ast.parse('raise HomeAssistantError(translation_key="no")'), "a.py"))


@pytest.mark.parametrize(
    ("described", "texts", "icons", "said"),
    [
        (RUN, SAID, {}, "no icon"),
        (RUN, {"services": {}}, {"run": {}}, "no name"),
        ({**RUN, "walk": None}, SAID, {"run": {}, "walk": {}}, "services.walk: no name"),
        (RUN, {"services": {**SAID["services"], "walk": {}}}, {"run": {}}, "walk has texts, and is none"),
        (RUN, SAID, {"run": {}, "walk": {}}, "walk has an icon, and is none"),
        ({"run": {"fields": {"way": {"selector": {"nothing": None}}}}}, SAID, {"run": {}}, "services.run.way"),
        (
            {"run": {"fields": {"way": {"selector": {"select": {"options": ["a"], "translation_key": "gone"}}}}}},
            {**SAID, "selector": {}},
            {"run": {}},
            "the options gone have no texts",
        ),
    ],
)
def test_fault_of_an_action_is_found(
    described: dict[str, Any], texts: dict[str, Any], icons: dict[str, Any], said: str
) -> None:
    assert said in "\n".join(check.said_problems("services", described, texts, icons))


def test_whole_action_has_none() -> None:
    assert list(check.said_problems("services", RUN, SAID, {"run": {}})) == []


def test_state_with_the_icon_that_it_has_anyway_is_found() -> None:
    (found,) = check.icon_problems({"sensor": {"power": {"default": "mdi:a", "state": {"on": "mdi:a"}}}})
    assert "is the default" in found


@pytest.mark.parametrize(
    ("form", "read", "said"),
    [
        (schemas.TRANSLATIONS, {"config": {"step": {"user": {"descripton": "a"}}}}, "config.step.user.descripton"),
        (
            schemas.TRANSLATIONS,
            {"config": {"step": {"user": {"data_description": {"host": "a"}}}}},
            "describes fields",
        ),
        (schemas.TRANSLATIONS, {"exceptions": {"gone": {"mesage": "a"}}}, "exceptions.gone.mesage"),
        (schemas.TRANSLATIONS, {"entity": {"sensor": {"power": {"state": {"on": "{a}"}}}}}, "placeholder"),
        (schemas.TRANSLATIONS, {"issues": {"gone": {"title": "a"}}}, "issues.gone"),
        (schemas.TRANSLATIONS, {"commons": {"a": "a"}}, "commons"),
        (schemas.ICONS, {"entity": {"sensor": {"power": {"default": "hass:flash"}}}}, "hass:flash"),
        (schemas.ICONS, {"services": {"run": {"service": "mdi:no-such-icon"}}}, "mdi:no-such-icon"),
        (schemas.ICONS, {"triggers": {"run": {"service": "mdi:flash"}}}, "triggers.run.service"),
        (schemas.DESCRIBED, {"run": {"fields": {"way": {"requird": True}}}}, "run.fields.way.requird"),
        (schemas.DESCRIBED, {"run": {"targets": None}}, "run.targets"),
        (schemas.MANIFEST, {**MANIFEST, "requirement": []}, "requirement"),
        (schemas.MANIFEST, {**MANIFEST, "iot_class": "local"}, "iot_class"),
        (schemas.MANIFEST, {**MANIFEST, "usb": [{"vid": "0x403"}]}, "usb.0.vid"),
    ],
)
def test_what_home_assistant_does_not_read_is_found(form: Any, read: dict[str, Any], said: str) -> None:
    assert said in "\n".join(schemas.form_problems("", form, read))


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"Title": "a"}, "no key"),
        ({"title": " a"}, "a blank"),
        ({"title": "<b>a</b>"}, "markup"),
        ({"title": "look at https://example.com/there"}, "an address"),
        ({"title": "look at www.example.com"}, "an address"),
        ({"title": "say '{word}'"}, "single quotes"),
        ({"title": "{…}"}, "has the placeholder …"),
    ],
)
def test_fault_of_a_text_is_found(texts: dict[str, Any], said: str) -> None:
    (found,) = check.text_problems("en", texts)
    assert said in found


def test_fault_of_the_quality_scale_is_found() -> None:
    whole: dict[str, Any] = {
        rule: {"status": "done", "comment": "there"} for tier in check.TIERS.values() for rule in tier
    }
    assert list(check.rule_problems(whole)) == []
    assert "says no reason" in "\n".join(check.rule_problems({**whole, "brands": "done"}))
    assert "is no rule" in "\n".join(check.rule_problems({**whole, "fast": {"status": "done", "comment": "yes"}}))
    nowhere = {"status": "done", "comment": "hub/entity.py, tests/test_integration.py, hub/nowhere.py"}
    assert list(check.rule_problems({**whole, "brands": nowhere})) == [
        "quality_scale: brands names hub/nowhere.py, and there is none"
    ]
    del whole["brands"]
    (found,) = check.rule_problems(whole)
    assert "brands is missing" in found


def test_oldest_home_assistant_is_the_one_that_the_tests_run_on() -> None:
    oldest = json.loads((ROOT / "hacs.json").read_text())["homeassistant"]
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    assert [each["version"] for each in locked if each["name"] == "homeassistant"] == [oldest]
    assert f"Home Assistant {oldest} or later" in (ROOT / "README.md").read_text()
