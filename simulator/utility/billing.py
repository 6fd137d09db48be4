"""Charging sessions become billing records, and billing records bills (UR-EV)."""

from __future__ import annotations

import secrets
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from simulator.utility.problems import ProblemError
from simulator.utility.state import UtilityState
from simulator.utility.store import Document
from simulator.utility.times import in_utc, time_of
from simulator.utility.vehicles import Vehicles

_UNIT = Decimal("0.0001")


class Billing:
    """Sessions, each recorded once; confirmations of guests' sessions; bills."""

    def __init__(self, state: UtilityState, vehicles: Vehicles) -> None:
        self._state = state
        self._store = state.store
        self._vehicles = vehicles

    # Confirmations

    def confirm(self, binding: Document, session_id: str, started_at: str) -> Document:
        """Ask the vehicle's owner about a session, or tell what was decided."""
        known = self._store.get("confirmation", session_id)
        if known is not None and known["binding_id"] != binding["id"]:
            raise ProblemError("session-differs", "the session belongs to another binding")
        if known is None:
            asks = binding["guest"] and self._state.settings["session_confirmation"] == "manual"
            known = {
                "session_id": session_id,
                "binding_id": binding["id"],
                "started_at": started_at,
                "status": "pending" if asks else "confirmed",
                "payer": binding["payer"],
                "user": binding["user"],
            }
            self._store.put("confirmation", session_id, known)
        return known

    def decide(self, session_id: str, decision: str) -> Document:
        """What the owner decides: confirm or refuse."""
        known = self._store.get("confirmation", session_id)
        if known is None:
            raise ProblemError("not-found", f"there is no session {session_id} to confirm")
        known["status"] = {"confirm": "confirmed", "refuse": "refused"}[decision]
        self._store.put("confirmation", session_id, known)
        self._state.tell(known["user"], "confirmation.updated", session_id)
        return known

    # Sessions

    def record(self, binding: Document, said: Document) -> Document:
        """Make a billing record of a session; of the same one again, the same record."""
        known = next(self._store.of("billing_record", "session_id", said["session_id"]), None)
        if known is not None:
            if known["said"] != _normal(said):
                raise ProblemError("session-differs", f"{said['session_id']} was recorded otherwise")
            return known
        self._check_binding(binding, said)
        program = self._vehicles.program(binding["program_id"])
        self._check_figures(said, program)
        lines = _lines(said, program)
        start = time_of(said["started_at"])
        record: Document = {
            "id": f"rec-{secrets.token_hex(8)}",
            "session_id": said["session_id"],
            "binding_id": binding["id"],
            "vehicle_id": binding["vehicle_id"],
            "premise_id": binding["premise_id"],
            "payer": binding["payer"],
            "month": f"{start.astimezone(ZoneInfo(program['time_zone'])):%Y-%m}",
            "started_at": in_utc(said["started_at"]),
            "ended_at": in_utc(said["ended_at"]),
            "energy_wh": said["energy_wh"],
            "quality": said["quality"],
            "meter": said["meter"],
            "amount": _amount(lines),
            "currency": program["currency"],
            "lines": lines,
            "recorded_at": self._state.now_text(),
            "said": _normal(said),
            "user": binding["user"],
            "owner": binding["owner"],
            "pays": binding["owner"] if binding["bill_to"] == "vehicle_owner" else binding["user"],
        }
        self._store.put("billing_record", record["id"], record)
        self._tell(record)
        return record

    def _tell(self, record: Document) -> None:
        for user in {record["user"], record["owner"]}:
            self._state.tell(user, "billing_record.updated", record["id"])

    def _check_binding(self, binding: Document, said: Document) -> None:
        if binding["status"] in ("pending", "refused"):
            raise ProblemError("binding-not-in-force", f"the binding is {binding['status']}")
        start, end = time_of(said["started_at"]), time_of(said["ended_at"])
        if end <= start:
            raise ProblemError("session-inconsistent", "it ends before it begins")
        until = time_of(binding["valid_until"]) if binding["valid_until"] else None
        if start < time_of(binding["valid_from"]) or (until is not None and end > until):
            raise ProblemError("session-outside-binding", "the binding was not in force all the time")
        if binding["guest"]:
            confirmation = self._store.get("confirmation", said["session_id"])
            if confirmation is None or confirmation["status"] != "confirmed":
                raise ProblemError("session-not-confirmed", "the vehicle's owner has not confirmed it")
        for each in self._store.of("billing_record", "binding_id", binding["id"]):
            if start < time_of(each["ended_at"]) and time_of(each["started_at"]) < end:
                raise ProblemError("session-overlaps", f"it overlaps {each['session_id']}")

    @staticmethod
    def _check_figures(said: Document, program: Document) -> None:
        at, end = time_of(said["started_at"]), time_of(said["ended_at"])
        for part in said["parts"]:
            if time_of(part["started_at"]) != at or time_of(part["ended_at"]) < at:
                raise ProblemError("session-inconsistent", "the parts do not follow each other")
            at = time_of(part["ended_at"])
        if at != end or sum(part["energy_wh"] for part in said["parts"]) != said["energy_wh"]:
            raise ProblemError("session-inconsistent", "the parts are not the session")
        if {part["tier"] for part in said["parts"]} - {tier["id"] for tier in program["tiers"]}:
            raise ProblemError("session-inconsistent", "a tier is none of the program's")
        meter = said["meter"]
        if "start_wh" in meter and "end_wh" in meter and said["quality"] == "measured":
            counted = meter["end_wh"] - meter["start_wh"]
            if abs(counted - said["energy_wh"]) > 1:
                raise ProblemError("session-inconsistent", "the meter readings are not the energy")

    # What is billed

    def records(self, user: str) -> list[Document]:
        """The records that a customer sees: of their premise and of their vehicles."""
        return [each for each in self._store.all("billing_record") if user in (each["user"], each["owner"])]

    @staticmethod
    def shown(record: Document) -> Document:
        """A record as the API shows it."""
        return {key: value for key, value in record.items() if key not in ("said", "user", "owner", "pays")}

    def spoil(self, identifier: str, energy_wh: int) -> Document | None:
        """Bill another energy than was recorded, as a utility does by mistake; None if there is no such record."""
        record = self._store.get("billing_record", identifier)
        if record is None:
            return None
        record["energy_wh"] = energy_wh
        record["lines"] = [_line(record["lines"][0]["tier"], energy_wh, Decimal(record["lines"][0]["price"]))]
        record["amount"] = _amount(record["lines"])
        self._store.put("billing_record", identifier, record)
        self._tell(record)
        return record

    def bills(self, user: str) -> list[Document]:
        """What a customer pays for charging, by vehicle and month."""
        found: dict[tuple[str, str], Document] = {}
        for each in self._store.of("billing_record", "pays", user):
            bill = found.setdefault(
                (each["vehicle_id"], each["month"]),
                {
                    "account": each["payer"],
                    "vehicle_id": each["vehicle_id"],
                    "month": each["month"],
                    "energy_wh": 0,
                    "amount": "0",
                    "currency": each["currency"],
                    "record_ids": [],
                },
            )
            bill["energy_wh"] += each["energy_wh"]
            bill["amount"] = str(Decimal(bill["amount"]) + Decimal(each["amount"]))
            bill["record_ids"].append(each["id"])
        return list(found.values())


def _lines(said: Document, program: Document) -> list[Document]:
    """The lines of a record: the energy of each tier at its price."""
    prices = {tier["id"]: Decimal(tier["price"]) for tier in program["tiers"]}
    energies: dict[str, int] = {}
    for part in said["parts"]:
        energies[part["tier"]] = energies.get(part["tier"], 0) + part["energy_wh"]
    return [_line(tier, energy, prices[tier]) for tier, energy in energies.items()]


def _line(tier: str, energy_wh: int, price: Decimal) -> Document:
    amount = (price * energy_wh / 1000).quantize(_UNIT, ROUND_HALF_UP)
    return {"tier": tier, "energy_wh": energy_wh, "price": str(price), "amount": str(amount)}


def _amount(lines: list[Document]) -> str:
    return str(sum((Decimal(line["amount"]) for line in lines), start=Decimal(0)))


def _normal(said: Any) -> Any:
    """A session in which the same time is the same text."""
    if isinstance(said, dict):
        return {key: in_utc(each) if key.endswith("_at") else _normal(each) for key, each in said.items()}
    return [_normal(each) for each in said] if isinstance(said, list) else said
