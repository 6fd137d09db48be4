"""Vehicles and their bindings to account, premise, EVSE and rate program (SC-1)."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from simulator.utility.problems import ProblemError

if TYPE_CHECKING:
    from simulator.utility.service import Utility

type Json = dict[str, Any]

_LETTERS = ("", "AJ", "BKS", "CLT", "DMU", "ENV", "FW", "GPX", "HY", "RZ")
_VALUES = {letter: value for value, letters in enumerate(_LETTERS) for letter in letters}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_NORTH_AMERICA = "12345"


def check_digit(vin: str) -> str:
    """The check digit of a VIN, 49 CFR 565.15(c)."""
    total = sum(
        weight * (int(letter) if letter.isdigit() else _VALUES[letter])
        for weight, letter in zip(_WEIGHTS, vin, strict=True)
    )
    return "X" if total % 11 == 10 else str(total % 11)


def time_of(text: str) -> datetime:
    """A time of the API."""
    return datetime.fromisoformat(text)


class Vehicles:
    """Vehicles and bindings; what is over is kept."""

    def __init__(self, utility: Utility) -> None:
        self._utility = utility
        self._store = utility.store

    # Vehicles

    def add(self, user: str, said: Json) -> Json:
        """A vehicle of a customer, or of the customer whose account is named."""
        vin = said["vin"]
        if vin[0] in _NORTH_AMERICA and vin[8] != check_digit(vin):
            raise ProblemError("invalid-vin", "the check digit does not fit")
        owner = user
        if (number := said.get("guest_account")) is not None:
            host = self._utility.customers.of_number(number)
            if host is None:
                raise ProblemError("not-vehicle-owner", "there is no such account")
            owner = host["name"]
        known = next((each for each in self._store.all("vehicle") if each["vin"] == vin), None)
        if known is not None and known["owner"] != owner:
            raise ProblemError("not-vehicle-owner", "the vehicle belongs to another account")
        if known is None:
            known = {
                "id": f"veh-{secrets.token_hex(8)}",
                "vin": vin,
                "make": said["make"],
                "model": said["model"],
                "battery_wh": said.get("battery_wh"),
                "owner": owner,
                "hosts": [],
            }
        if user != owner and user not in known["hosts"]:
            known["hosts"].append(user)
        self._store.put("vehicle", known["id"], known)
        return known

    def shown(self, vehicle: Json, user: str) -> Json:
        """A vehicle as the API shows it to a customer."""
        return {
            **{key: vehicle[key] for key in ("id", "vin", "make", "model", "battery_wh")},
            "guest": vehicle["owner"] != user,
            "owner": self.payer(vehicle["owner"]),
        }

    def payer(self, user: str) -> Json:
        """The account of a customer, masked."""
        customer = self._utility.customers.get(user)
        account = customer["account"] if customer else {"number": "••••••0000", "holder": "A former customer"}
        return {"number": account["number"], "holder": account["holder"]}

    def of(self, user: str) -> list[Json]:
        """The vehicles that a customer sees."""
        return [each for each in self._store.all("vehicle") if user == each["owner"] or user in each["hosts"]]

    def get(self, identifier: str, user: str) -> Json:
        """A vehicle that a customer sees, or the problem that there is none."""
        vehicle = self._store.get("vehicle", identifier)
        if vehicle is None or (user != vehicle["owner"] and user not in vehicle["hosts"]):
            raise ProblemError("not-found", f"there is no vehicle {identifier}")
        return vehicle

    def forget(self, user: str) -> None:
        """Forget the vehicles of a customer who is no customer any more."""
        for vehicle in [each for each in self._store.all("vehicle") if each["owner"] == user]:
            self._store.delete("vehicle", vehicle["id"])

    # Rate programs

    def programs(self, premise_id: str) -> list[Json]:
        """The rate programs, ``open`` being whether the premise can take part."""
        return [
            {key: value for key, value in each.items() if key != "closed_premises"}
            | {"open": each["open"] and premise_id not in each["closed_premises"]}
            for each in self._store.all("rate_program")
        ]

    def program(self, identifier: str) -> Json:
        """A rate program with everything that is known of it."""
        program = self._store.get("rate_program", identifier)
        if program is None:
            raise ProblemError("not-found", f"there is no rate program {identifier}")
        return program

    # Bindings

    def bindings(self) -> list[Json]:
        """Every binding, as it stands now."""
        return [self._now(each) for each in self._store.all("binding")]

    def binding(self, identifier: str) -> Json:
        """A binding, or the problem that there is none."""
        binding = self._store.get("binding", identifier)
        if binding is None:
            raise ProblemError("not-found", f"there is no binding {identifier}")
        return self._now(binding)

    def _now(self, binding: Json) -> Json:
        """A binding with its status now: one in force ends by itself."""
        until = binding["valid_until"]
        if binding["status"] == "in_force" and until and time_of(until) <= self._utility.now():
            return {**binding, "status": "ended"}
        return binding

    @staticmethod
    def binding_shown(binding: Json) -> Json:
        """A binding as the API shows it."""
        return {key: value for key, value in binding.items() if key not in ("user", "owner")}

    def bind(self, customer: Json, said: Json) -> Json:
        """Bind a vehicle, now or once a representative has approved."""
        user, vehicle = customer["name"], self.get(said["vehicle_id"], customer["name"])
        guest = vehicle["owner"] != user
        program = self._check_program(said, guest=guest)
        start = time_of(said["valid_from"])
        end = time_of(said["valid_until"]) if "valid_until" in said else None
        if end is not None and end <= start:
            raise ProblemError("invalid-request", "it ends before it begins")
        if (replaced := said.get("replaces")) is not None:
            before = self.binding(replaced)
            if (before["vehicle_id"], before["premise_id"]) != (vehicle["id"], said["premise_id"]):
                raise ProblemError("not-found", "the binding to replace is another vehicle's, or elsewhere")
        self._check_free(vehicle, said["premise_id"], start, end, replaced, guest=guest)
        manual = self._utility.settings["approval"] == "manual"
        binding = {
            "id": f"bind-{secrets.token_hex(8)}",
            "user": user,
            "owner": vehicle["owner"],
            "version": 0,
            "status": "pending" if manual else "in_force",
            "vehicle_id": vehicle["id"],
            "premise_id": said["premise_id"],
            "evse": said["evse"],
            "program_id": program["id"],
            "terms_version": said["terms_version"],
            "bill_to": said["bill_to"],
            "payer": self.payer(vehicle["owner"] if said["bill_to"] == "vehicle_owner" else user),
            "guest": guest,
            "valid_from": said["valid_from"],
            "valid_until": said.get("valid_until"),
            "replaces": replaced,
            "reason": None,
        }
        if not manual:
            self._end_replaced(binding)
        return self._save(binding)

    def _check_program(self, said: Json, *, guest: bool) -> Json:
        program = self._store.get("rate_program", said["program_id"])
        if program is None or not program["open"]:
            raise ProblemError("program-closed", f"{said['program_id']} takes no vehicles")
        if said["premise_id"] in program["closed_premises"] or (guest and not program["guests"]):
            raise ProblemError("program-not-for-premise", f"{program['name']} is not open to this premise or vehicle")
        if program["terms"]["version"] != said["terms_version"]:
            raise ProblemError("terms-changed", f"the terms of {program['name']} have changed")
        return program

    def _check_free(
        self,
        vehicle: Json,
        premise_id: str,
        start: datetime,
        end: datetime | None,
        replaced: str | None,
        *,
        guest: bool,
    ) -> None:
        here: list[Json] = []
        elsewhere: list[Json] = []
        for each in self.bindings():
            if each["vehicle_id"] != vehicle["id"] or each["status"] == "refused":
                continue
            until = time_of(each["valid_until"]) if each["valid_until"] else None
            if each["id"] == replaced:
                until = min(until, start) if until else start
            if (until is None or start < until) and (end is None or time_of(each["valid_from"]) < end):
                (here if each["premise_id"] == premise_id else elsewhere).append(each)
        if here:
            shown = [self.binding_shown(each) for each in here]
            raise ProblemError("binding-overlap", "the vehicle is bound here at that time", bindings=shown)
        if not guest and any(not each["guest"] for each in elsewhere):
            raise ProblemError("vehicle-already-bound", "the vehicle is bound at another premise of its owner")

    def _end_replaced(self, binding: Json) -> None:
        """End what a binding replaces where it begins."""
        if binding["replaces"] is None:
            return
        before = self._store.get("binding", binding["replaces"])
        until = before["valid_until"] if before else None
        if before is not None and (until is None or time_of(until) > time_of(binding["valid_from"])):
            before["valid_until"] = binding["valid_from"]
            before["reason"] = f"replaced by {binding['id']}"
            self._save(before)

    def _save(self, binding: Json) -> Json:
        """Write a binding with its next version, and tell everybody concerned."""
        binding["version"] += 1
        binding["updated_at"] = self._utility.now_text()
        self._store.put("binding", binding["id"], binding)
        for user in {binding["user"], binding["owner"]}:
            self._utility.tell(user, "binding.updated", binding["id"], version=binding["version"])
        return self._now(binding)

    def end(self, binding: Json, valid_until: str, reason: str) -> Json:
        """End a binding; what was recorded under it stays."""
        if binding["status"] == "refused":
            raise ProblemError("binding-not-in-force", "the binding was refused")
        until = time_of(valid_until)
        if until < time_of(binding["valid_from"]):
            raise ProblemError("invalid-request", "it would end before it begins")
        recorded = [each for each in self._store.all("billing_record") if each["binding_id"] == binding["id"]]
        last = max((time_of(each["ended_at"]) for each in recorded), default=datetime.min.replace(tzinfo=UTC))
        if until < last:
            raise ProblemError("sessions-after-end", f"a session until {last.isoformat()} was recorded")
        if binding["valid_until"] is None or time_of(binding["valid_until"]) != until:
            binding = {**binding, "valid_until": valid_until, "reason": reason, "status": _stored_status(binding)}
            return self._save(binding)
        return self._now(binding)

    def decide(self, identifier: str, decision: str, detail: str) -> Json:
        """What a representative decides: approve, refuse or end."""
        binding = self.binding(identifier)
        if decision == "end":
            return self.end(binding, self._utility.now_text(), detail or "ended by the utility")
        if binding["status"] != "pending":
            raise ProblemError("wrong-stage", f"the binding is {binding['status']}")
        binding["status"] = {"approve": "in_force", "refuse": "refused"}[decision]
        binding["reason"] = detail or None
        if decision == "approve":
            self._end_replaced(binding)
        return self._save(binding)


def _stored_status(binding: Json) -> str:
    """The status to keep: that it has ended shows from its period."""
    return "in_force" if binding["status"] == "ended" else str(binding["status"])
