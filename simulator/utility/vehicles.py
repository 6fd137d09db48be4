"""Vehicles and their bindings to account, premise, EVSE and rate program (SC-1)."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import UTC, datetime

from simulator.utility.customers import Customers
from simulator.utility.problems import ProblemError
from simulator.utility.state import UtilityState
from simulator.utility.store import Document
from simulator.utility.times import in_utc, text_of, time_of

_LETTERS = ("", "AJ", "BKS", "CLT", "DMU", "ENV", "FW", "GPX", "HY", "RZ")
_VALUES = {letter: value for value, letters in enumerate(_LETTERS) for letter in letters}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_NORTH_AMERICA = "12345"


def vin_check_digit(vin: str) -> str:
    """The check digit of a VIN, 49 CFR 565.15(c)."""
    total = sum(
        weight * (int(letter) if letter.isdigit() else _VALUES[letter])
        for weight, letter in zip(_WEIGHTS, vin, strict=True)
    )
    return "X" if total % 11 == 10 else str(total % 11)


class Vehicles:
    """Vehicles and bindings; what is over is kept."""

    def __init__(self, state: UtilityState, customers: Customers) -> None:
        self._state = state
        self._store = state.store
        self._customers = customers

    # Vehicles

    def add(self, user: str, said: Document) -> Document:
        """A vehicle of a customer, or of the customer whose account is named."""
        vin = said["vin"]
        if vin[0] in _NORTH_AMERICA and vin[8] != vin_check_digit(vin):
            raise ProblemError("invalid-vin", "the check digit does not fit")
        owner = user
        if (number := said.get("guest_account")) is not None:
            host = self._customers.of_number(number)
            if host is None:
                raise ProblemError("not-vehicle-owner", "there is no such account")
            owner = host["name"]
        known = next(self._store.of("vehicle", "vin", vin), None)
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

    def shown(self, vehicle: Document, user: str) -> Document:
        """A vehicle as the API shows it to a customer."""
        return {
            **{key: vehicle[key] for key in ("id", "vin", "make", "model", "battery_wh")},
            "guest": vehicle["owner"] != user,
            "owner": self.payer(vehicle["owner"]),
        }

    def payer(self, user: str) -> Document:
        """The account of a customer, masked."""
        customer = self._customers.get(user)
        account = customer["account"] if customer else {"number": "••••••0000", "holder": "A former customer"}
        return {"number": account["number"], "holder": account["holder"]}

    def of(self, user: str) -> list[Document]:
        """The vehicles that a customer sees."""
        return [each for each in self._store.all("vehicle") if user == each["owner"] or user in each["hosts"]]

    def get(self, identifier: str, user: str) -> Document:
        """A vehicle that a customer sees, or the problem that there is none."""
        vehicle = self._store.get("vehicle", identifier)
        if vehicle is None or (user != vehicle["owner"] and user not in vehicle["hosts"]):
            raise ProblemError("not-found", f"there is no vehicle {identifier}")
        return vehicle

    def forget(self, user: str) -> None:
        """Forget the vehicles of a customer who is no customer any more."""
        for vehicle in self._store.of("vehicle", "owner", user):
            self._store.delete("vehicle", vehicle["id"])

    # Rate programs

    def programs(self, premise_id: str) -> list[Document]:
        """The rate programs, ``open`` being whether the premise can take part."""
        return [
            {key: value for key, value in each.items() if key != "closed_premises"}
            | {"open": each["open"] and premise_id not in each["closed_premises"]}
            for each in self._store.all("rate_program")
        ]

    def program(self, identifier: str) -> Document:
        """A rate program with everything that is known of it."""
        return self._state.find("rate_program", identifier, "rate program")

    # Bindings

    def bindings(self) -> list[Document]:
        """Every binding, as it stands now."""
        return [self._now(each) for each in self._store.all("binding")]

    def bindings_of(self, key: str, value: str) -> list[Document]:
        """The bindings of a customer, a premise or a vehicle, as they stand now."""
        return [self._now(each) for each in self._store.of("binding", key, value)]

    def binding(self, identifier: str) -> Document:
        """A binding as it stands now, or the problem that there is none."""
        return self._now(self._kept(identifier))

    def _kept(self, identifier: str) -> Document:
        return self._state.find("binding", identifier, "binding")

    def _now(self, binding: Document) -> Document:
        """A binding with its status now: it ends by itself, and what ends where it begins was never in force."""
        until = _end_of(binding)
        if until is None or binding["status"] == "refused":
            return binding
        over = binding["status"] == "in_force" and until <= self._state.now()
        return {**binding, "status": "ended"} if over or until <= time_of(binding["valid_from"]) else binding

    @staticmethod
    def binding_shown(binding: Document) -> Document:
        """A binding as the API shows it."""
        return {key: value for key, value in binding.items() if key not in ("user", "owner")}

    def bind(self, customer: Document, said: Document) -> Document:
        """Bind a vehicle, now or once a representative has approved."""
        user, vehicle = customer["name"], self.get(said["vehicle_id"], customer["name"])
        guest = vehicle["owner"] != user
        program = self._check_program(said, guest=guest)
        manual = self._state.settings["approval"] == "manual"
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
            "valid_from": in_utc(said["valid_from"]),
            "valid_until": in_utc(said["valid_until"]) if "valid_until" in said else None,
            "replaces": said.get("replaces"),
            "reason": None,
        }
        start, end = time_of(binding["valid_from"]), _end_of(binding)
        if end is not None and end <= start:
            raise ProblemError("invalid-request", "it ends before it begins")
        self._check_replaced(binding)
        self._check_free(binding, start, end, {binding["replaces"]})
        if not manual:
            self._end_replaced(binding)
        return self._save(binding)

    def _check_program(self, said: Document, *, guest: bool) -> Document:
        program = self._store.get("rate_program", said["program_id"])
        if program is None or not program["open"]:
            raise ProblemError("program-closed", f"{said['program_id']} takes no vehicles")
        if said["premise_id"] in program["closed_premises"] or (guest and not program["guests"]):
            raise ProblemError("program-not-for-premise", f"{program['name']} is not open to this premise or vehicle")
        if program["terms"]["version"] != said["terms_version"]:
            raise ProblemError("terms-changed", f"the terms of {program['name']} have changed")
        return program

    def _check_replaced(self, binding: Document) -> None:
        """Raise the problem unless what the binding replaces, if anything, can end where it begins."""
        if binding["replaces"] is None:
            return
        before = self._kept(binding["replaces"])
        if any(before[key] != binding[key] for key in ("vehicle_id", "premise_id")):
            raise ProblemError("not-found", "the binding to replace is another vehicle's, or elsewhere")
        if before["status"] == "refused":
            raise ProblemError("binding-not-in-force", "the binding to replace was refused")
        self._check_recorded(before, time_of(binding["valid_from"]))

    def _check_free(
        self, binding: Document, start: datetime, end: datetime | None, but: Collection[str | None]
    ) -> None:
        """Raise the problem if the vehicle is bound between two times, by other bindings than ``but``."""
        there = [
            each
            for each in self.bindings_of("vehicle_id", binding["vehicle_id"])
            if each["id"] not in but and _holds(each, start, end)
        ]
        if here := [each for each in there if each["premise_id"] == binding["premise_id"]]:
            shown = [self.binding_shown(each) for each in here]
            raise ProblemError("binding-overlap", "the vehicle is bound here at that time", bindings=shown)
        if not binding["guest"] and any(not each["guest"] for each in there):
            raise ProblemError("vehicle-already-bound", "the vehicle is bound at another premise of its owner")

    def _check_recorded(self, binding: Document, until: datetime) -> None:
        """Raise the problem if sessions of the binding were recorded after a time."""
        recorded = self._store.of("billing_record", "binding_id", binding["id"])
        last = max((time_of(each["ended_at"]) for each in recorded), default=datetime.min.replace(tzinfo=UTC))
        if until < last:
            raise ProblemError("sessions-after-end", f"a session until {text_of(last)} was recorded")

    def _end_replaced(self, binding: Document) -> None:
        """End what a binding replaces where it begins."""
        if binding["replaces"] is None:
            return
        before = self._kept(binding["replaces"])
        until, start = _end_of(before), time_of(binding["valid_from"])
        if before["status"] != "refused" and (until is None or until > start):
            self._check_recorded(before, start)
            before["valid_until"] = text_of(max(start, time_of(before["valid_from"])))
            before["reason"] = f"replaced by {binding['id']}"
            self._save(before)

    def _save(self, binding: Document) -> Document:
        """Write a binding with its next version, and tell everybody concerned."""
        self._state.save("binding", binding, {binding["user"], binding["owner"]})
        return self._now(binding)

    def end(self, identifier: str, until: datetime, reason: str) -> Document:
        """End a binding, or end it at another time; what was recorded under it stays."""
        binding = self._kept(identifier)
        if binding["status"] == "refused":
            raise ProblemError("binding-not-in-force", "the binding was refused")
        if until < time_of(binding["valid_from"]):
            raise ProblemError("invalid-request", "it would end before it begins")
        self._check_recorded(binding, until)
        known = _end_of(binding)
        if known == until:
            return self._now(binding)
        if known is not None and known < until:
            there = self.bindings_of("vehicle_id", binding["vehicle_id"])
            replacing = {each["id"] for each in there if _waits_to_replace(each, identifier)}
            self._check_free(binding, known, until, {identifier, *replacing})
        return self._save(binding | {"valid_until": text_of(until), "reason": reason})

    def decide(self, identifier: str, decision: str, detail: str) -> Document:
        """What a representative decides: approve, refuse or end."""
        binding = self.binding(identifier)
        if binding["status"] != ("in_force" if decision == "end" else "pending"):
            raise ProblemError("wrong-stage", f"{decision} does not apply to what is {binding['status']}")
        if decision == "end":
            until = max(self._state.now(), time_of(binding["valid_from"]))
            return self.end(identifier, until, detail or "ended by the utility")
        if decision == "approve":
            self._end_replaced(binding)
        binding["status"] = {"approve": "in_force", "refuse": "refused"}[decision]
        binding["reason"] = detail or None
        return self._save(binding)


def _end_of(binding: Document) -> datetime | None:
    return time_of(binding["valid_until"]) if binding["valid_until"] else None


def _holds(binding: Document, start: datetime, end: datetime | None) -> bool:
    """Whether a binding holds, or may come to hold, somewhere from ``start`` until before ``end``."""
    first, until = time_of(binding["valid_from"]), _end_of(binding)
    if binding["status"] == "refused" or (until is not None and until <= max(first, start)):
        return False
    return end is None or first < end


def _waits_to_replace(binding: Document, identifier: str) -> bool:
    return bool(binding["status"] == "pending" and binding["replaces"] == identifier)
