"""People are addressed as Home Assistant addresses them, and each text has its place: what is not so is found."""

import ast
import json
import re
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import voluptuous as vol
from homeassistant.helpers import config_validation as cv

from custom_components.utility_han.hub.telling.words import CATEGORY, filled
from script import check_texts, check_titles, check_translations
from script.check_translations import APART, FOLDER, FORMAL, INFORMAL, LANGUAGES, STRAIGHT, leaves


def texts(language: str = "en") -> dict[str, Any]:
    """Return the translations of a language, by section."""
    read: dict[str, Any] = json.loads((FOLDER / f"{language}.json").read_text())
    return read


def found(sections: dict[str, Any]) -> list[str]:
    """Return what is found in texts."""
    return [*check_texts.problems(dict(leaves(sections)))]


def test_each_text_of_a_sheet_is_there_and_used() -> None:
    sections = texts()
    assert found(sections) == []
    for gone in (
        "notification_unhealthy_title",
        "rate_month_7",
        "statement_made",
        "lost_prices",
        "verdict_utility_down",
    ):
        fewer = {name: text for name, text in sections[CATEGORY].items() if name != gone}
        assert found(sections | {CATEGORY: fewer}) == [f"en: {CATEGORY}.{gone} is missing"]
    assert found(sections | {CATEGORY: sections[CATEGORY] | {"verdict_odd": "odd"}}) == [
        f"en: {CATEGORY}.verdict_odd is used nowhere"
    ]


def test_selectors_are_of_select_fields_only() -> None:
    sections = texts()
    assert check_texts.selectors() == set(sections["selector"])
    misfiled = sections["selector"] | {"logbook": {"options": {"message": "has a message"}}}
    assert [each.partition(" is of no select field")[0] for each in found(sections | {"selector": misfiled})] == [
        "en: selector.logbook.options.message"
    ]


def test_titles_of_repairs_that_a_phone_cuts_off_are_found() -> None:
    for language in LANGUAGES:
        assert [*check_titles.cut_off(dict(leaves(texts(language))))] == []
    # Narrow letters and wide ones: what counts is not how many there are.
    narrow, wide = "i" * 60, "W" * 24
    issues = {"narrow": {"title": narrow}, "wide": {"title": wide}, "named": {"title": "{title}, " + "m" * 20}}
    assert [*check_titles.cut_off(dict(leaves({"issues": issues})))] == ["issues.wide.title", "issues.named.title"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_sheets_are_as_hassfest_wants_them(language: str) -> None:
    # gen_strings_schema of script/hassfest/translations.py, which is in no package: slugs, no HTML, no outer spaces.
    common = vol.Schema({cv.slug: cv.string_with_no_html})(texts(language)[CATEGORY])
    assert all(text == text.strip() for text in common.values())


def test_what_fills_a_text_is_no_place_of_it() -> None:
    assert filled("{device}: {what} {more}", {"device": "{what}", "what": "is well"}) == "{what}: is well {more}"


@pytest.mark.parametrize(
    "text",
    [
        "Wählen Sie erneut.",
        "Das Gateway fehlt. Senden Sie ab",
        "Ihr Versorger antwortet nicht.",
        "Frage Ihren Versorger.",
        "Es wartet auf Sie.",
        "Home Assistant sagt es Ihnen.",
    ],
)
def test_formal_german_is_found(text: str) -> None:
    assert FORMAL["de"].search(text)


@pytest.mark.parametrize(
    "text",
    [
        "Sie hat sechs Ziffern.",
        "Das ist keine PIN: Sie hat sechs Ziffern.",
        "{values}\n\nSie werden nicht angezeigt.",
        "Prüfe, ob sie bei ihrem Versorger ist.",
        "Dein Versorger kennt ihn. Vergleiche ihn mit deinem Etikett.",
    ],
)
def test_they_and_she_are_not(text: str) -> None:
    assert FORMAL["de"].search(text) is None


@pytest.mark.parametrize("text", ["Elija otra.", "Pregunta a su compañía.", "Puede irse usted."])
def test_formal_spanish_is_found(text: str) -> None:
    assert FORMAL["es"].search(text)


@pytest.mark.parametrize("text", ["Elige otra, cuando tu compañía pida menos.", "Un invitado y su factura.", "Léelo."])
def test_informal_spanish_is_not(text: str) -> None:
    assert FORMAL["es"].search(text) is None


@pytest.mark.parametrize("text", ["Demande à ton fournisseur.", "Il t’accepte.", "Choisis un tarif.", "Que veux-tu ?"])
def test_informal_french_is_found(text: str) -> None:
    assert INFORMAL["fr"].search(text)


@pytest.mark.parametrize(
    "text", ["Un autre : je saisis son nom.", "Saisissez-le.", "Y a-t-il un compteur ?", "L’état"]
)
def test_formal_french_is_not(text: str) -> None:
    assert INFORMAL["fr"].search(text) is None


def test_straight_apostrophe_is_found() -> None:
    assert STRAIGHT.search("l'appareil")
    assert STRAIGHT.search("de l'{name}")
    assert STRAIGHT.search("l’appareil") is None


def test_space_that_breaks_before_a_sign_is_found() -> None:
    assert APART.search("lu ; un")
    assert APART.search("« Modifier")
    assert APART.search("lu\u00a0; «\u00a0Modifier\u00a0» à 7:00") is None


_NAMED = ("'device'", "'title'", "'vehicle'")
_PLACE = re.compile(r"{(\w+)}")


def _is_name(node: ast.AST) -> bool:
    """Whether it is what somebody called a hub or device."""
    if isinstance(node, ast.Subscript):
        key = node.slice
        return ast.unparse(key) in ("CONF_NAME", "'name'")
    return isinstance(node, ast.Attribute) and node.attr == "title"


def test_name_is_shown_on_pages_as_it_is_and_never_as_markdown() -> None:
    raw = set()
    for path in FOLDER.parent.glob("*/flow/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Dict):
                said = {ast.unparse(key): each for key, each in zip(node.keys, node.values, strict=True) if key}
                raw |= {(path.stem, key) for key in _NAMED if key in said and _is_name(said[key])}
    # Theirs are pages of which the title alone has a name, which is no Markdown.
    assert raw == {("__init__", "'device'"), ("__init__", "'vehicle'")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_title_of_a_page_has_no_placeholder_that_its_text_has(language: str) -> None:
    """The frontend shows a title as it is and a text as Markdown, so that a name is escaped in one of them only."""
    sections = texts(language)
    flows = [sections["config"], sections["options"], *sections["config_subentries"].values()]
    flows += [each["fix_flow"] for each in sections["issues"].values() if "fix_flow" in each]
    shared = [
        (name, place)
        for flow in flows
        for name, page in flow["step"].items()
        for place in _PLACE.findall(page.get("title", ""))
        if any(f"{{{place}}}" in text for where, text in leaves(page) if where != "title")
    ]
    assert shared == []


@pytest.mark.parametrize(
    "menu",
    [
        ("config", "step", "commissioned"),
        ("config_subentries", "device", "step", "reconfigure"),
        ("config_subentries", "vehicle", "step", "prices"),
        ("issues", "meter_doubted", "fix_flow", "step", "ask"),
    ],
)
def test_option_that_a_phone_cuts_off_is_found_in_every_menu(
    menu: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language in LANGUAGES:
        (tmp_path / f"{language}.json").write_text((FOLDER / f"{language}.json").read_text())
    sections = texts("de")
    options = reduce(lambda node, key: node[key], (*menu, "menu_options"), sections)
    option = next(iter(options))
    options[option] = "Durch das Haus gehen und die Abdeckung messen"
    (tmp_path / "de.json").write_text(json.dumps(sections))
    monkeypatch.setattr(check_translations, "FOLDER", tmp_path)
    assert [each.partition(" is longer")[0] for each in check_translations.problems()] == [
        f"de: {'.'.join(menu)}.menu_options.{option}"
    ]
