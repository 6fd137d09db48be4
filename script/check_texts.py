"""Which texts the code uses that are of no page, entity or error: those of sheets, and of select fields."""

import ast
import importlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from custom_components.utility_han.devices.flow.programs import FAMILIES, SIGNALS
from custom_components.utility_han.documents.green_button import Reason as BillReason
from custom_components.utility_han.documents.statement import COLUMNS, Kind
from custom_components.utility_han.gateway import DeviceState, LinkSecurity, SignalQuality
from custom_components.utility_han.health.appointment_news import AppointmentNews
from custom_components.utility_han.health.assist import SAYINGS
from custom_components.utility_han.health.care import DIAGNOSED, REPAIRING
from custom_components.utility_han.health.handing_over import SURVEYED
from custom_components.utility_han.hub.flow.preparing import UNMEASURED
from custom_components.utility_han.hub.kept.storage import Kept
from custom_components.utility_han.hub.telling.phone import Button
from custom_components.utility_han.hub.telling.words import CATEGORY, Sheet
from custom_components.utility_han.load_control.manager import MEASURED
from custom_components.utility_han.procedures import Happening, HealthEvent, HealthReason, Repair, Verdict
from custom_components.utility_han.procedures.installation import DeviceKind
from custom_components.utility_han.utility import CaseStatus, PriceKind
from custom_components.utility_han.vehicles.document import WORDS
from custom_components.utility_han.vehicles.exports.wanted import Format
from custom_components.utility_han.vehicles.flow.forms import PAYS
from custom_components.utility_han.vehicles.notices import WHOSE_ENERGY, WHOSE_SESSION
from custom_components.utility_han.vehicles.session_news import SessionEvent

COMPONENT = Path(__file__).parent.parent / "custom_components" / "utility_han"
_PACKAGE = "custom_components.utility_han"
_SAYS = ("title", "message")
_STYLED: Mapping[str, Sheet] = {
    "documents/handover.py": Sheet.HANDOVER,
    "documents/statement/page.py": Sheet.STATEMENT,
    "documents/statement/page_elsewhere.py": Sheet.STATEMENT,
    "documents/statement/table.py": Sheet.STATEMENT,
    "health/handing_over.py": Sheet.HANDOVER,
    "health/handover_actions.py": Sheet.HANDOVER,
    "vehicles/flow/home_account.py": Sheet.RATE,
    "vehicles/flow/rates.py": Sheet.RATE,
    "vehicles/rates/words.py": Sheet.RATE,
}
"""Files whose words are all of one sheet."""
_WORD = frozenset({"word", "_word"})
_FACTS = (
    "added", "area", "binding", "bound_since", "commissioned", "coverage", "diagnosis", "entity", "evse", "firmware",
    "last_heard", "made_at", "made_by", "model", "premise_number", "premises", "programs", "rate_program",
    "registration", "repaired", "serial", "vin", "appointment", "note",
)  # fmt: skip
_OPEN = tuple(f"case_{status}" for status in CaseStatus if status is not CaseStatus.CLOSED)
_SELECTS: Mapping[str, int | str] = {
    "SelectSelectorConfig": "translation_key",
    "choice_or_other": 2,
    "_ways": 1,
    "_radio": 1,
}
"""What makes a select field of a dialog, and which argument names its texts."""
_LEFT = ("utility_not_told", "vtn_not_told", "radio_not_left", "radio_left_alone")
"""What people are told that a removed hub has left behind."""
_ASKED = frozenset({WHOSE_SESSION, WHOSE_ENERGY})
"""What a repair flow asks about, which names its select field."""


def _kept(kind: type[Kept]) -> Iterator[str]:
    """Yield what each kind of file keeps; kinds that a test makes are none of the integration's."""
    for each in kind.__subclasses__():
        if each.__module__.startswith("custom_components.") and (what := each.__dict__.get("what")) is not None:
            yield what
        yield from _kept(each)


def _codes() -> Iterator[tuple[Sheet, Iterable[str]]]:
    """Yield the texts of sheets that are found by a code, or by a name that is put together."""
    for path in COMPONENT.rglob("store.py"):
        importlib.import_module(_module(path))
    files = sorted({*_kept(Kept)})  # type: ignore[type-abstract]
    yield from ((Sheet.KEPT, files), (Sheet.LOST, files))
    yield Sheet.BILL_FINDING, BillReason
    yield Sheet.BUTTON, Button
    yield Sheet.CASE_STATUS, CaseStatus
    yield Sheet.DOCUMENT, (*WORDS, "download")
    yield Sheet.HANDOVER, (*_FACTS, *SURVEYED, "page", *_OPEN)
    yield Sheet.HEALTH_EVENT, HealthEvent
    yield Sheet.HEALTH_REASON, HealthReason
    yield Sheet.LOGBOOK, (f"control_{each}" for each in (*Happening, MEASURED))
    yield Sheet.LOGBOOK, (f"registration_{each}" for each in DeviceState)
    yield Sheet.LOGBOOK, (f"session_{each}" for each in SessionEvent)
    yield Sheet.LOGBOOK, ("message", DIAGNOSED, REPAIRING)
    said = (
        *(each.nothing for each in SAYINGS.values()),
        *_ASKED,
        *_LEFT,
        *AppointmentNews,
    )
    yield Sheet.NOTIFICATION, (f"{each}_{part}" for each in said for part in _SAYS)
    yield Sheet.PROGRAM_SIGNAL, {*SIGNALS.values(), *FAMILIES.values()}
    yield Sheet.RATE, (f"short_{day}" for day in range(1, 8))
    yield Sheet.RATE, (f"month_{month}" for month in range(1, 13))
    yield Sheet.RATE, (f"column_{column}" for column in ("tier", "when", "price"))
    yield Sheet.RATE, (f"name_{kind}" for kind in PriceKind)
    yield Sheet.RATE, (f"rate_{kind}" for kind in PriceKind)
    yield Sheet.RATE, (kind for kind in PriceKind if kind is not PriceKind.ENTITY)
    yield Sheet.RATE, (f"pays_{who}" for who in PAYS)
    yield Sheet.RATE, ("session_fee", "monthly_fee")
    yield Sheet.REPAIR, Repair
    yield Sheet.SECURITY, LinkSecurity
    yield from ((sheet, (*SignalQuality, UNMEASURED)) for sheet in (Sheet.SIGNAL, Sheet.WAY))
    yield Sheet.STATEMENT, (f"column_{column}" for column in COLUMNS)
    yield Sheet.STATEMENT, (*Kind, "amount", "energy", "page", "place", "price")
    yield Sheet.STATEMENT, ("file", "home_without_vehicles", "not_written")
    yield Sheet.VERDICT, Verdict


def _module(path: Path) -> str:
    parts = path.relative_to(COMPONENT).with_suffix("").parts
    return ".".join((_PACKAGE, *(part for part in parts if part != "__init__")))


class _File:
    """A file of the component, and what strings its expressions may be."""

    def __init__(self, path: Path) -> None:
        self.name = path.relative_to(COMPONENT).as_posix()
        self._module = _module(path)
        self._tree = ast.parse(path.read_text())
        self._assigned: dict[str, list[ast.expr]] = defaultdict(list)
        self.calls: list[tuple[str, ast.Call]] = []
        """What is called, by its last name."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        self._assigned[target.id].append(node.value)
            elif isinstance(node, ast.NamedExpr):
                self._assigned[node.target.id].append(node.value)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                self.calls.append((node.func.id if isinstance(node.func, ast.Name) else node.func.attr, node))

    def strings(self, node: ast.expr) -> Iterator[str]:
        """Yield what an expression may be, as far as it stands in the file or is a constant that it imports."""
        match node:
            case ast.Constant(value=str() as text):
                yield text
            case ast.IfExp():
                yield from self.strings(node.body)
                yield from self.strings(node.orelse)
            case ast.Dict():
                for value in node.values:
                    yield from self.strings(value)
            case ast.Call(func=ast.Attribute(value=ast.Name() as table, attr="get")):
                yield from self.strings(table)
            case ast.Name(id=name) if name in self._assigned:
                for value in self._assigned[name]:
                    yield from self.strings(value)
            case ast.Name(id=name):
                constant = getattr(importlib.import_module(self._module), name, None)
                if isinstance(constant, str):
                    yield str(constant)


@cache
def _files() -> list[_File]:
    return [_File(path) for path in sorted(COMPONENT.rglob("*.py"))]


def _named() -> Iterator[tuple[Sheet, str]]:
    """Yield the texts of sheets that stand in the code by their names."""
    for file in _files():
        for called, call in file.calls:
            if called == "Said" and call.args:
                yield from _notification(file, call.args[0])
            elif called == "async_notify" and len(call.args) > 2:
                yield from _notification(file, call.args[2])
            elif file.name in _STYLED and called in _WORD and call.args:
                yield from ((_STYLED[file.name], name) for name in file.strings(call.args[0]))
            for sheet, name in zip(call.args, call.args[1:], strict=False):
                match sheet:
                    case ast.Attribute(value=ast.Name(id="Sheet"), attr=of):
                        yield from ((Sheet[of], each) for each in file.strings(name))


def _notification(file: _File, key: ast.expr) -> Iterator[tuple[Sheet, str]]:
    yield from ((Sheet.NOTIFICATION, f"{each}_{part}") for each in file.strings(key) for part in _SAYS)


@cache
def sheet_texts() -> frozenset[str]:
    """Return the keys of all texts of sheets that the code uses."""
    coded = {f"{CATEGORY}.{sheet}_{name}" for sheet, names in _codes() for name in names}
    return frozenset(coded | {f"{CATEGORY}.{sheet}_{name}" for sheet, name in _named()})


def selectors() -> set[str]:
    """Return the names of all select fields: of dialogs, and of actions, triggers and conditions."""
    found = set(_ASKED)
    for file in _files():
        for called, call in file.calls:
            if (where := _SELECTS.get(called)) is None:
                continue
            given = [each.value for each in call.keywords if each.arg == where]
            given += call.args[where : where + 1] if isinstance(where, int) else []
            found |= {name for each in given for name in file.strings(each)}
    for path in COMPONENT.glob("*.yaml"):
        found |= {*_in_yaml(yaml.safe_load(path.read_text()))}
    return found


def _in_yaml(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "select" and isinstance(value, dict) and "translation_key" in value:
                yield value["translation_key"]
            yield from _in_yaml(value)


def options() -> Iterator[str]:
    """Yield the options of select fields that codes stand for."""
    yield from (f"selector.repair.options.{repair}" for repair in Repair)
    yield from (f"selector.kind.options.{kind}" for kind in DeviceKind)
    yield from (f"selector.export_format.options.{written}" for written in Format)


def problems(english: Mapping[str, str]) -> Iterator[str]:
    """Yield what is wrong with sheets and selectors of the English texts, by their keys, in words."""
    used, fields = sheet_texts(), selectors()
    yield from (f"en: {key} is missing" for key in used - english.keys())
    for key in english:
        section, _, rest = key.partition(".")
        if section == CATEGORY and key not in used:
            yield f"en: {key} is used nowhere"
        if section == "selector" and rest.partition(".")[0] not in fields:
            yield f"en: {key} is of no select field; what is said elsewhere stands on a sheet (hub/telling/words.py)"
    sheets = [f"{sheet}_" for sheet in Sheet]
    yield from (f"sheet {a} begins as {b} does" for a in sheets for b in sheets if a != b and a.startswith(b))
