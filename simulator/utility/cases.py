"""Problems that customers report: their cases, and the appointments of those who come to see to them."""

from __future__ import annotations

import secrets
from datetime import datetime, time, timedelta
from itertools import count, islice
from typing import Any
from zoneinfo import ZoneInfo

from simulator.utility.catalogue import TIME_ZONE
from simulator.utility.problems import ProblemError
from simulator.utility.state import UtilityState
from simulator.utility.times import text_of

type Case = dict[str, Any]

_SLOT_HOURS = (8, 10, 13, 15)
_SLOT_DAYS = 3
_FRIDAY = 5
_ABOUT = ("registration_id", "binding_id")


class Cases:
    """The cases of one utility."""

    def __init__(self, state: UtilityState) -> None:
        self._state = state

    @staticmethod
    def shown(case: Case) -> Case:
        """A case as the API shows it."""
        shown = {key: value for key, value in case.items() if key != "user"}
        shown["reports"] = [
            {key: report.get(key) for key in ("kind", "verdict", "reason", "at")} for report in case["reports"]
        ]
        return shown

    def all(self, user: str | None = None) -> list[Case]:
        """Every case, or those of a customer, oldest first."""
        return [case for case in self._state.store.all("case") if user in (None, case["user"])]

    def get(self, identifier: str, user: str | None = None) -> Case:
        """One case, or the problem that there is none (of this customer)."""
        return self._state.find("case", identifier, "case", user=user)

    def _save(self, case: Case, **changes: Any) -> Case:
        case |= changes
        self._state.save("case", case, [case["user"]])
        return case

    def open(self, user: str, said: dict[str, Any]) -> Case:
        """Open a case, or go on with the one that is open about the same device or vehicle."""
        about = {name: said.get(name) for name in _ABOUT}
        for known in self.all(user):
            same = known["gateway_lfdi"] == said["gateway_lfdi"] and all(known[name] == about[name] for name in _ABOUT)
            if same and known["status"] != "closed":
                return known
        now = self._state.now_text()
        return self._save(
            {
                "id": f"case-{secrets.token_hex(4)}",
                "user": user,
                "version": 0,
                "premise_id": said["premise_id"],
                "gateway_lfdi": said["gateway_lfdi"],
                **about,
                "status": "open",
                "summary": said["summary"],
                "note": None,
                "opened_at": now,
                "updated_at": now,
                "reports": [],
                "appointment": None,
            }
        )

    def report(self, case: Case, report: dict[str, Any]) -> Case:
        """Keep what was found."""
        self._expect_open(case)
        return self._save(case, reports=[*case["reports"], {**report, "at": self._state.now_text()}])

    @staticmethod
    def _expect_open(case: Case) -> None:
        if case["status"] == "closed":
            raise ProblemError("case-closed", f"case {case['id']} is closed")

    def close(self, case: Case) -> Case:
        """Close a case, once a diagnosis found nothing wrong."""
        if case["status"] == "closed":
            return case
        verdicts = [report.get("verdict") for report in case["reports"] if report["kind"] == "diagnosis"]
        if not verdicts or verdicts[-1] != "nothing_wrong":
            raise ProblemError("case-not-resolved", "no diagnosis since has found nothing wrong")
        return self._save(case, status="closed")

    def say(self, case: Case, note: str) -> Case:
        """What the representative says to the customer."""
        self._expect_open(case)
        return self._save(case, note=note)

    def slots(self) -> list[dict[str, Any]]:
        """The appointments that are free, soonest first: on the next working days, in the utility's working hours."""
        taken = {
            case["appointment"]["id"] for case in self.all() if case["appointment"] and case["status"] != "closed"
        }
        today = self._state.now().astimezone(ZoneInfo(TIME_ZONE)).date()
        coming = (today + timedelta(days=ahead) for ahead in count(1))
        days = islice((day for day in coming if day.isoweekday() <= _FRIDAY), _SLOT_DAYS)
        starts = [datetime.combine(day, time(hour), ZoneInfo(TIME_ZONE)) for day in days for hour in _SLOT_HOURS]
        return [
            {"id": identifier, "start": text_of(start), "end": text_of(start + timedelta(hours=2))}
            for start in starts
            if (identifier := f"slot-{start:%Y%m%d-%H}") not in taken
        ]

    def book(self, case: Case, slot_id: str) -> Case:
        """Have somebody come."""
        self._expect_open(case)
        if case["appointment"] and case["appointment"]["id"] == slot_id:
            return case
        slot = next((slot for slot in self.slots() if slot["id"] == slot_id), None)
        if slot is None:
            raise ProblemError("slot-taken", "there is no such appointment any more")
        return self._save(case, status="scheduled", appointment=slot)

    def cancel(self, case: Case) -> Case:
        """Have nobody come."""
        if case["appointment"] is None or case["status"] == "closed":
            return case
        return self._save(case, status="open", appointment=None)
