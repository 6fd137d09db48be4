"""What can be wrong: reasons of health, gateways and utilities, repair notices, errors of actions and dialogs."""

from collections.abc import Iterator, Mapping
from typing import Any

from custom_components.utility_han.gateway import Reason
from custom_components.utility_han.procedures import HealthReason
from custom_components.utility_han.procedures.verdict import CAUSES
from custom_components.utility_han.utility import UtilityReason

from .sources import joined, table, texts

_REASONS = """\
# Reasons

Why something is not well. What to do about it in a person's words: [When it does not
work](../homeowner/troubleshooting.md); who recognises each, and what ends it, as tests have seen it: [fault
matrix](../fault-matrix.md).
"""
_ERRORS = """\
# Notices and errors

Every one says what happened, why, and what to do next. Names in braces are filled in.
"""


def reasons() -> str:
    """Return the page of reasons."""
    health = texts()["entity"]["sensor"]["health"]
    lines = [_REASONS, "## Of health", "", "The attribute `reason` of *Health*, those first that explain others.", ""]
    why = health["state_attributes"]["reason"]["state"]
    diagnosis = texts()["entity"]["sensor"]["last_diagnosis"]
    what_next = diagnosis["state_attributes"]["next"]["state"]
    lines += table(
        ("reason", "why", "then it is", "diagnosis", "what next"),
        (
            (
                f"`{reason}`",
                why[reason],
                health["state"][CAUSES[reason].state],
                diagnosis["state"][CAUSES[reason].verdict],
                what_next[CAUSES[reason].repair],
            )
            for reason in HealthReason
        ),
    )
    lines += ["## Of a gateway", "", "Why it cannot be spoken with, or does not do what it is asked.", ""]
    lines += table(("reason", "what, why, what next"), ((f"`{each}`", _said(each)) for each in Reason))
    lines += ["## Of a utility", ""]
    lines += table(
        ("reason", "what, why, what next"), ((f"`{each}`", said) for each in UtilityReason if (said := _said(each)))
    )
    silent = ", ".join(f"`{each}`" for each in UtilityReason if not _said(each))
    lines += [f"Met by actions and in the background, and by no dialog: {silent}."]
    return joined(lines)


def _said(reason: Reason | UtilityReason) -> str:
    """Return the words of a reason in the first dialog that has any."""
    subentries = texts()["config_subentries"]
    for errors in (texts()["config"]["error"], subentries["device"]["error"], subentries["vehicle"]["error"]):
        if reason in errors:
            said: str = errors[reason]
            return said
    raised: dict[str, str] = texts()["exceptions"].get(reason, {})
    return raised.get("message", "")


def errors() -> str:
    """Return the page of notices and errors."""
    lines = [_ERRORS, "## Repair notices", "", "Under **Settings → Repairs**; each goes when it is over.", ""]
    lines += table(("notice", "title", "what it says"), _notices())
    lines += ["## Errors of actions", "", "And of what a hub says that cannot be set up.", ""]
    exceptions = texts()["exceptions"]
    lines += table(("key", "what it says"), ((f"`{key}`", said["message"]) for key, said in exceptions.items()))
    lines += ["## Errors in dialogs", "", "Beside the [reasons](reasons.md), which dialogs say too.", ""]
    lines += table(("key", "what it says"), sorted(_in_dialogs().items()))
    return joined(lines)


def _notices() -> Iterator[tuple[str, str, str]]:
    for key, notice in texts()["issues"].items():
        yield f"`{key}`", notice["title"], notice.get("description") or _first_page(notice)


def _first_page(notice: Mapping[str, Any]) -> str:
    """Return what the first page of a notice's dialog says."""
    for step in notice["fix_flow"]["step"].values():
        if description := step.get("description"):
            return str(description)
    return ""


def _in_dialogs() -> Mapping[str, str]:
    known = {*Reason, *UtilityReason}
    subentries = texts()["config_subentries"]
    found: dict[str, str] = {}
    for errors in (texts()["config"]["error"], subentries["device"]["error"], subentries["vehicle"]["error"]):
        found |= {f"`{key}`": said for key, said in errors.items() if key not in known}
    return found
