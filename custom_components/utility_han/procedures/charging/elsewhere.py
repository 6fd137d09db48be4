"""What a vehicle has charged elsewhere, as the records of operators tell: counted beside what is charged at home.

A record counts once, by who keeps it and its id. One that is credited stays known, so that its file may come again;
so does a credit whose record has not come yet (OCPI, *CDRs module*, "Credit CDRs").
"""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from ...esi.typed import read_record
from ..contract_id import ContractIdError, parse_contract_id
from .ledger import KEPT

MOST = 10_000
"""Records of one vehicle: nine a day for three years."""

type RecordKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ForeignSession:
    """A session of elsewhere, as its record tells; one that ``credits`` another takes back what was told before."""

    version: str
    """Of OCPI."""
    country_code: str
    party_id: str
    """Who keeps the record; a CDR of 2.1.1 does not say."""
    id: str
    started_at: datetime
    ended_at: datetime
    energy_wh: int
    cost: Decimal
    """Without tax."""
    cost_with_tax: Decimal | None
    """None where the record does not tell it."""
    currency: str
    place: str
    evse_id: str | None
    contract_id: str | None
    credits: str | None = None

    @property
    def key(self) -> RecordKey:
        """Return what tells it from all others: "unique per country_code/party_id", whatever the letters' case."""
        return self._key_of(self.id)

    @property
    def credited(self) -> RecordKey | None:
        """Return the key of the one that it takes back."""
        return self._key_of(self.credits) if self.credits is not None else None

    @property
    def operator(self) -> str:
        """Return who keeps the record, as EVSEIDs write it."""
        return "*".join(filter(None, (self.country_code, self.party_id)))

    @property
    def paid(self) -> Decimal:
        """Return what it costs: with tax as far as the record tells."""
        return self.cost if self.cost_with_tax is None else self.cost_with_tax

    def _key_of(self, of: str) -> RecordKey:
        return (self.country_code.upper(), self.party_id.upper(), of.upper())

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {
            "version": self.version,
            "country_code": self.country_code,
            "party_id": self.party_id,
            "id": self.id,
            "started_at": self.started_at.isoformat(),
            "ended_at": self.ended_at.isoformat(),
            "energy_wh": self.energy_wh,
            "cost": str(self.cost),
            "cost_with_tax": None if self.cost_with_tax is None else str(self.cost_with_tax),
            "currency": self.currency,
            "place": self.place,
            "evse_id": self.evse_id,
            "contract_id": self.contract_id,
            "credits": self.credits,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ForeignSession:
        """Take up what :meth:`to_dict` gave."""
        # A credit must not count as a session because that is missing.
        return read_record(cls, data, needs=("credits",))


@dataclass(frozen=True, slots=True)
class SessionElsewhere:
    """A record that was read in for a vehicle."""

    vehicle: str
    """Whose it is, as sessions of home call it."""
    told: ForeignSession
    taken_back: bool = False

    @property
    def counts(self) -> bool:
        """Whether it is a session that nobody took back."""
        return self.told.credits is None and not self.taken_back

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-safe."""
        return {"vehicle": self.vehicle, "told": self.told.to_dict(), "taken_back": self.taken_back}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SessionElsewhere:
        """Take up what :meth:`to_dict` gave."""
        return read_record(cls, data, needs=("taken_back",))


@dataclass(slots=True)
class TakenUp:
    """What became of the records of a file."""

    taken: list[ForeignSession] = field(default_factory=list)
    taken_back: list[ForeignSession] = field(default_factory=list)
    """Those that counted until now."""
    known: int = 0
    old: int = 0
    """Longer ago than anything is kept."""
    unmatched: int = 0
    """Credits of records that have not been read in."""


class TooManyError(ValueError):
    """There would be more records of a vehicle than are kept."""


class Elsewhere:
    """What was read in for the vehicles of a home."""

    def __init__(self, sessions: Iterable[SessionElsewhere] = ()) -> None:
        """``sessions`` as they were kept."""
        self._sessions = {each.told.key: each for each in sessions}

    def to_list(self) -> list[dict[str, Any]]:
        """Return it JSON-safe."""
        return [each.to_dict() for each in self._sessions.values()]

    def of_vehicle(self, vehicle: str, since: datetime, until: datetime) -> list[ForeignSession]:
        """Return the sessions of a vehicle that took place in a time and count, oldest first."""
        counting = (each.told for each in self._sessions.values() if each.vehicle == vehicle and each.counts)
        found = (each for each in counting if each.started_at < until and each.ended_at >= since)
        return sorted(found, key=lambda each: each.started_at)

    def contracts(self, vehicle: str) -> set[str]:
        """Return the contracts that a vehicle has charged under elsewhere, as they are compared."""
        of_it = (each.told.contract_id for each in self._sessions.values() if each.vehicle == vehicle)
        return {plain_contract(each) for each in of_it if each}

    def others(self, vehicle: str, told: Iterable[ForeignSession]) -> set[str]:
        """Return which other vehicles have some of the records that are told of one, or what those take back."""
        kept = (self._sessions.get(each.credited or each.key) for each in told)
        return {each.vehicle for each in kept if each is not None and each.vehicle != vehicle}

    def take(self, vehicle: str, told: Iterable[ForeignSession], now: datetime, own: Collection[str] = ()) -> TakenUp:
        """Take up records of a vehicle, all or none; ``own`` are the ids of what this home has handed over itself.

        What another vehicle has of them becomes this one's. ``TooManyError`` where there is no room for them.
        """
        made, sessions, given = TakenUp(), self._kept(now), list(told)
        for each in given:
            kept = sessions.get(each.key)
            if (kept is not None and kept.vehicle == vehicle) or each.id.upper() in own:
                made.known += 1
            elif now - each.ended_at > KEPT:
                made.old += 1
            else:
                sessions[each.key] = SessionElsewhere(vehicle, each, kept is not None and kept.taken_back)
                made.taken.append(each)
        self._take_back(sessions, made)
        if sum(each.vehicle == vehicle for each in sessions.values()) > MOST:
            raise TooManyError
        self._sessions = sessions
        return made

    @staticmethod
    def _take_back(sessions: dict[RecordKey, SessionElsewhere], made: TakenUp) -> None:
        """Have credits take back their own, whichever of both came first."""
        new = {each.key for each in made.taken}
        for credit in [each.told for each in sessions.values() if each.told.credits is not None]:
            of = sessions.get(credit.credited or credit.key)
            if of is None:
                made.unmatched += credit.key in new
            elif of.counts:
                sessions[of.told.key] = replace(of, taken_back=True)
                if of.told.key not in new:
                    made.taken_back.append(of.told)
        made.taken = [each for each in made.taken if sessions[each.key].counts]

    def prune(self, now: datetime) -> None:
        """Forget what is as long ago as what the ledger forgets."""
        self._sessions = self._kept(now)

    def _kept(self, now: datetime) -> dict[RecordKey, SessionElsewhere]:
        return {key: each for key, each in self._sessions.items() if now - each.told.ended_at <= KEPT}


def plain_contract(contract: str) -> str:
    """Return a contract as it is compared: an EMAID without its check digit, and letters and digits alone."""
    with suppress(ContractIdError):
        contract = parse_contract_id(contract)[:-2]
    return "".join(each for each in contract.upper() if each.isalnum())
