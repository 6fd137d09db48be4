"""Checks the translations: every language has every text, with the same placeholders, and every code its words.

usage: python -m script.check_translations
"""

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from custom_components.utility_han.devices.entities import WAITS_FOR
from custom_components.utility_han.documents.green_button import Unreadable
from custom_components.utility_han.documents.ocpi import CdrFault
from custom_components.utility_han.gateway.errors import Reason
from custom_components.utility_han.gateway.ieee2030_5.identity import IdentityProblem
from custom_components.utility_han.gateway.model import DeviceState, FileKind
from custom_components.utility_han.health.flow.steps import SHOWN
from custom_components.utility_han.procedures.health import HealthEvent, HealthReason, HealthState
from custom_components.utility_han.procedures.installation import INSTALLATIONS
from custom_components.utility_han.procedures.self_check import Check
from custom_components.utility_han.procedures.step import Step
from custom_components.utility_han.procedures.verdict import Repair, Verdict
from custom_components.utility_han.utility.errors import UtilityReason
from custom_components.utility_han.vehicles.entities import BINDING_STATES, RESERVATION_STATES
from script import check_texts, check_titles

COMPONENT = Path(__file__).parent.parent / "custom_components" / "utility_han"
FOLDER = COMPONENT / "translations"
LANGUAGES = ("en", "de", "es", "fr")
_PLACEHOLDER = re.compile(r"\{\w+\}")
# Steps that show no page of their own.
_PAGELESS = {
    "zeroconf", "integration_discovery", "reauth", "self_check", "commission", "background", "identity_new", "finish",
    "portal", "start_over", "after_progress",
    "creation", "authorize_rejected", "usb", "rejoin",
    "pin_accept", "pin_again", "vtn_sign_in", "vtn_sign_in_anew", "vtn_programs",
}  # fmt: skip
_DEVICE_PAGELESS = {
    "commission",
    "commissioned",
    "pin_accept",
    "pin_again",
    "resume",
    "later",
    "register",
    "background",
    "retry",
    "programs_change",
    "endpoint",
    "survey_report",
    "survey_done",
}
_VEHICLE_PAGELESS = {
    "begin",
    "resume",
    "entities",
    "bind",
    "bound",
    "reading_prices",
    "background",
    "period_add",
    "prices_coming",
}
_OF_VEHICLES = frozenset(
    {
        UtilityReason.INVALID_VIN,
        UtilityReason.NOT_VEHICLE_OWNER,
        UtilityReason.VEHICLE_ALREADY_BOUND,
        UtilityReason.BINDING_OVERLAP,
        UtilityReason.PROGRAM_NOT_FOR_PREMISE,
        UtilityReason.BINDING_NOT_IN_FORCE,
        UtilityReason.SESSION_OUTSIDE_BINDING,
        UtilityReason.SESSION_OVERLAPS,
        UtilityReason.SESSION_INCONSISTENT,
        UtilityReason.SESSION_DIFFERS,
        UtilityReason.SESSION_NOT_CONFIRMED,
        UtilityReason.AT_FORMER_ACCOUNT,
        UtilityReason.SESSIONS_AFTER_END,
    }
)
_OF_SERVICE = frozenset(
    {
        UtilityReason.CASE_CLOSED,
        UtilityReason.CASE_NOT_RESOLVED,
        UtilityReason.SLOT_TAKEN,
        UtilityReason.NOT_ENROLLED,
        UtilityReason.CONTROL_UNDER_WAY,
        UtilityReason.DIAGNOSIS_DENIED,
    }
)
"""No flow of a device or vehicle meets these."""
_OF_BOTH = frozenset(
    {
        UtilityReason.UTILITY_UNREACHABLE,
        UtilityReason.UTILITY_BUSY,
        UtilityReason.UTILITY_ERROR,
        UtilityReason.UTILITY_NOT_UNDERSTOOD,
        UtilityReason.UNAUTHORIZED,
        UtilityReason.INVALID_REQUEST,
        UtilityReason.UNKNOWN_TO_UTILITY,
        UtilityReason.ACCOUNT_SUSPENDED,
        UtilityReason.PROGRAM_CLOSED,
        UtilityReason.TERMS_CHANGED,
        UtilityReason.REFUSED_BY_UTILITY,
        UtilityReason.CONSENT_MISSING,
    }
)
_FLOW_FILES = ("config_flow.py", "account/flow/*.py", "hub/flow/*.py")
_DEVICE_FLOW_FILES = ("devices/flow/*.py", "health/flow/survey.py")
_VEHICLE_FLOW_FILES = ("vehicles/flow/*.py",)
_OTHER_PAGES = frozenset(
    {
        "hub/flow/acknowledge.py",
        "hub/flow/installation.py",
        "hub/flow/meter_question.py",
        "hub/flow/options.py",
        "hub/flow/repair.py",
        "vehicles/flow/repair.py",
    }
)
"""Files beside those with pages of another dialog."""
_STEP_ID = re.compile(r"\b(?:IP|UR|RD|DM|SC)[-_][0-9]|\{step\}")
"""A step of the use cases by its id, which says nothing to a person."""
_SUBMIT = re.compile(r"\b(?:submit|sende ab|validez|envía)\b", re.IGNORECASE)
"""What a person is told to do where the button has the frontend's own name."""
_MENU_OPTION = re.compile(r"\.menu_options\.\w+$")
_LONGEST_OPTION = 34
"""Characters that a menu shows of an option on a phone of 390 px: the rest would be cut off."""
_REPAIR_TITLE = re.compile(r"issues\.\w+\.fix_flow\.step\.\w+\.title$")
_MENU = re.compile(r"((?:config|options)\..*step\.\w+\.)menu_options\.")
_LONGEST_TITLE = 28
"""Characters of a title on one line of a phone: menus cut the rest off, repairs write it over the line below."""
_FACTS = frozenset(
    {
        "config.step.commissioned",
        "config.step.location.way",
        "config.step.location.wifi",
        "config.step.self_check_result",
    }
)
"""Pages whose ``data`` are words for facts in the text of the page, or such a word: no field has it."""
FORMAL = {
    "de": re.compile(r"\bIhr(?:e[mnrs]?)?\b|\bIhnen\b|(?<!^)(?<!\n)(?<![.:!?] )\bSie\b"),
    "es": re.compile(
        r"\b[Uu]sted(?:es)?\b|\b[Ss]u compañía\b"
        r"|\b(?:Abra|Añada|Compare|Compruebe|Consulte|Elija|Envíe|Escriba|Espere|Introduzca|Lea|Pregunte|Pruebe|Vuelva)\b"
    ),
}
"""Formal address: Home Assistant says *du* and *tú*. A "Sie" that begins a sentence may be "they" or "she"."""
INFORMAL = {
    "fr": re.compile(
        r"(?<![\w-])(?:[Tt]u|[Tt]e|[Tt]oi|[Tt]on|[Tt]es|tienne|tien)(?!\w)|-(?:tu|toi)\b|\b[Tt][’'](?=[aeiouyâéèêh])"
        r"|\b(?:[Cc]hoisis|Saisis|[Pp]réviens|[Rr]éessaie)\b"
    ),
}
"""Informal address: in French Home Assistant says *vous*."""
STRAIGHT = re.compile(r"(?<=[^\W\d_])'")
"""The apostrophe of typewriters; French has ’, and before a placeholder a straight one would quote that."""
APART = re.compile(r"\S [;:!?»]|« ")
"""A sign of French that may begin a line, or a quotation that may end one: that space is one that does not break."""


def leaves(node: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts of sections by their keys, dotted."""
    for key, value in node.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value


def _undescribed(english: dict[str, str]) -> Iterator[str]:
    """Yield the descriptions that fields of pages lack."""
    for key in english:
        page, found, field = key.partition(".data.")
        if found and not {page, f"{page}.{field}"} & _FACTS and f"{page}.data_description.{field}" not in english:
            yield f"{page}.data_description.{field}"


def _of_no_field(english: dict[str, str]) -> Iterator[str]:
    """Yield the descriptions of fields that pages do not have, which hassfest refuses."""
    for key in english:
        page, found, field = key.partition(".data_description.")
        if found and f"{page}.data.{field}" not in english:
            yield key


def _needed() -> Iterator[str]:
    """Yield the texts that codes of the integration stand for."""
    for reason in Reason:
        yield f"config.error.{reason}"
        yield f"exceptions.{reason}.message"
        yield f"entity.binary_sensor.problem.state_attributes.reason.state.{reason}"
    for problem in IdentityProblem:
        yield f"config.error.{problem}"
    of_devices = [reason for reason in UtilityReason if reason not in _OF_VEHICLES | _OF_SERVICE]
    for of_utility in of_devices:
        yield f"config.error.{of_utility}"
        yield f"config_subentries.device.abort.{of_utility}"
    for any_reason in (*Reason, *of_devices):
        yield f"config_subentries.device.error.{any_reason}"
    for of_vehicle in _OF_VEHICLES | _OF_BOTH:
        yield f"config_subentries.vehicle.error.{of_vehicle}"
    for health_reason in HealthReason:
        yield f"entity.sensor.health.state_attributes.reason.state.{health_reason}"
    for health_state in HealthState:
        yield f"entity.sensor.health.state.{health_state}"
    for event in HealthEvent:
        yield f"entity.event.health_event.state_attributes.event_type.state.{event}"
    for verdict in Verdict:
        yield f"entity.sensor.last_diagnosis.state.{verdict}"
    for repair in Repair:
        yield f"entity.sensor.last_diagnosis.state_attributes.next.state.{repair}"
    for unreadable in Unreadable:
        yield f"exceptions.bill_{unreadable}.message"
    for fault in CdrFault:
        yield f"exceptions.{fault}.message"
    yield from check_texts.options()
    for shown in SHOWN:
        yield f"issues.unhealthy.fix_flow.progress.{shown.name.lower()}"
    for binding_state in BINDING_STATES:
        yield f"entity.sensor.binding.state.{binding_state}"
    for reservation_state in RESERVATION_STATES:
        yield f"entity.sensor.reservation.state.{reservation_state}"
    for still_at_work in (UtilityReason.LINKING, UtilityReason.AWAITING_APPROVAL):
        yield f"config_subentries.device.progress.{still_at_work}"
    yield "config_subentries.device.progress.granting"
    for waits_for in (*WAITS_FOR, Reason.NO_LONGER_REGISTERED):
        yield f"entity.sensor.registration_state.state_attributes.reason.state.{waits_for}"
    for need in {need for installation in INSTALLATIONS.values() for need in installation.needs}:
        yield f"config_subentries.device.step.installation.data.{need}"
    for check in Check:
        yield f"config.step.self_check_result.data.{check}"
    for file_kind in FileKind:
        yield f"config.step.commissioned.data.file_{file_kind}"
    for state in DeviceState:
        yield f"entity.sensor.commissioning_state.state.{state}"
        yield f"entity.sensor.registration_state.state.{state}"
    for step in (Step.IP_6, Step.IP_7, Step.IP_8, Step.IP_9, Step.IP_10, Step.IP_11):
        yield f"config.progress.{step.name.lower()}"
    for step in (
        Step.IP_6,
        Step.IP_7,
        Step.IP_9,
        *(step for step in Step if step.name.startswith("UR") and step is not Step.UR_EV),
    ):
        yield f"config_subentries.device.progress.{step.name.lower()}"
    for page in _flow_steps(_FLOW_FILES) - _PAGELESS:
        yield f"config.step.{page}.title"
    for page in _flow_steps(_DEVICE_FLOW_FILES) - _DEVICE_PAGELESS:
        yield f"config_subentries.device.step.{page}.title"
    for page in _flow_steps(_VEHICLE_FLOW_FILES) - _VEHICLE_PAGELESS:
        yield f"config_subentries.vehicle.step.{page}.title"


def _flow_steps(patterns: Iterable[str]) -> set[str]:
    """Return the pages of a dialog; a pattern that fits no file is a mistake here."""
    steps: set[str] = set()
    for pattern in patterns:
        files = [file for file in COMPONENT.glob(pattern) if str(file.relative_to(COMPONENT)) not in _OTHER_PAGES]
        if not files:
            raise FileNotFoundError(COMPONENT / pattern)
        steps |= {
            node.name.removeprefix("async_step_")
            for file in files
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("async_step_")
        }
    return steps


def problems() -> Iterator[str]:
    """Yield what is wrong, in words."""
    texts = {language: dict(leaves(json.loads((FOLDER / f"{language}.json").read_text()))) for language in LANGUAGES}
    english = texts["en"]
    yield from (f"en: {key} is missing" for key in _needed() if key not in english)
    yield from (f"en: {key} is missing: every field says what it is for" for key in _undescribed(english))
    yield from (f"en: {key} is of no field" for key in _of_no_field(english))
    yield from check_texts.problems(english)
    for language, found in texts.items():
        yield from (f"{language}: {key} is missing" for key in english.keys() - found.keys())
        yield from (f"{language}: {key} is not in English" for key in found.keys() - english.keys())
        for key in english.keys() & found.keys():
            if not found[key].strip():
                yield f"{language}: {key} is empty"
            if set(_PLACEHOLDER.findall(found[key])) != set(_PLACEHOLDER.findall(english[key])):
                yield f"{language}: {key} has other placeholders than English"
        for key in check_titles.cut_off(found):
            yield f"{language}: {key} is cut off in the list of repairs on a phone; say the rest in the description"
        for key, text in found.items():
            if _REPAIR_TITLE.match(key) and (len(text) > _LONGEST_TITLE or "{" in text):
                yield f"{language}: {key} may be longer than {_LONGEST_TITLE}; say the rest in the description"
            if "{detail}" in text:
                yield f"{language}: {key} ends in the words of an error, which are English: they go to the log"
            if f"{key.removesuffix('description')}submit" in found and (said := _SUBMIT.search(text)):
                yield f"{language}: {key} says {said[0]}, which is not what its button is called"
            if said := _STEP_ID.search(text):
                yield f"{language}: {key} says {said[0]}; say what was done in words"
            if _MENU_OPTION.search(key) and len(text) > _LONGEST_OPTION:
                yield f"{language}: {key} is longer than {_LONGEST_OPTION}; put the rest into menu_option_descriptions"
            if (menu := _MENU.match(key)) and len(found.get(title := f"{menu[1]}title", "")) > _LONGEST_TITLE:
                yield f"{language}: {title} is longer than {_LONGEST_TITLE}; say the rest in the description"
            if (formal := FORMAL.get(language)) is not None and (said := formal.search(text)):
                yield f"{language}: {key} says {said[0]} to the person; address them informally"
            if (informal := INFORMAL.get(language)) is not None and (said := informal.search(text)):
                yield f"{language}: {key} says {said[0]} to the person; address them formally"
            if language == "fr" and STRAIGHT.search(text):
                yield f"{language}: {key} has a straight apostrophe; write ’"
            if language == "fr" and (said := APART.search(text)):
                yield f"{language}: {key} has a space that breaks in {said[0]!r}; write U+00A0"


def main() -> int:
    """Print the problems; 1 if there are any."""
    found = sorted(problems())
    for problem in found:
        print(problem)
    print(f"translations: {len(found)} problems in {len(LANGUAGES)} languages")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
