"""Customers: how they sign in, their account and premise, and the gateways that are the premise's."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from simulator.utility.store import UtilityStore


def _hashed(password: str) -> str:
    return hashlib.scrypt(password.encode(), salt=b"simulated", n=2**10, r=8, p=1).hex()


def _number(name: str) -> str:
    """The number of a customer's account: on paper only, no id tells it."""
    return f"{int(hashlib.sha256(name.encode()).hexdigest()[:8], 16):010}"


class Customers:
    """The customers of one utility; a customer's name is the key to everything that is theirs."""

    def __init__(self, store: UtilityStore) -> None:
        self._store = store
        for customer in self.all():
            # Those kept by an older simulator have none.
            if "account_number" not in customer:
                self._store.put("customer", customer["name"], customer | {"account_number": _number(customer["name"])})

    def add(self, name: str, password: str) -> dict[str, Any]:
        """Make a customer with one account and one premise."""
        number, identifier = _number(name), hashlib.sha256(f"id of {name}".encode()).hexdigest()[:10]
        customer = {
            "name": name,
            "password": _hashed(password),
            "account_number": number,
            "account": {
                "id": f"acc-{identifier}",
                "holder": f"{name.capitalize()} customer",
                "number": f"••••••{number[-4:]}",
                "status": "active",
            },
            "premise": {"id": f"prem-{identifier}", "address": f"{int(number[-2:]) + 1} Elm Street", "gateways": []},
        }
        self._store.put("customer", name, customer)
        return customer

    def all(self) -> list[dict[str, Any]]:
        """Every customer."""
        return list(self._store.all("customer"))

    def get(self, name: str) -> dict[str, Any] | None:
        """One customer."""
        return self._store.get("customer", name)

    def signs_in(self, name: str, password: str) -> bool:
        """Whether these are the name and password of a customer."""
        customer = self.get(name)
        return customer is not None and secrets.compare_digest(customer["password"], _hashed(password))

    def of_premise(self, premise_id: str) -> dict[str, Any] | None:
        """The customer at a premise."""
        return next((customer for customer in self.all() if customer["premise"]["id"] == premise_id), None)

    def of_number(self, number: str) -> dict[str, Any] | None:
        """The customer with an account number, as it is on a bill."""
        return next((customer for customer in self.all() if customer["account_number"] == number), None)

    def set_status(self, account_id: str, status: str) -> dict[str, Any] | None:
        """Suspend, resume or close an account; the customer, or None if there is no such account."""
        customer = next((each for each in self.all() if each["account"]["id"] == account_id), None)
        if customer is not None:
            customer["account"]["status"] = status
            self._store.put("customer", customer["name"], customer)
        return customer

    def attach(self, premise_id: str, lfdi: str) -> bool:
        """Make a gateway the premise's own; False if there is no such premise."""
        customer = self.of_premise(premise_id)
        if customer is None:
            return False
        if lfdi not in customer["premise"]["gateways"]:
            customer["premise"]["gateways"].append(lfdi)
            self._store.put("customer", customer["name"], customer)
        return True
