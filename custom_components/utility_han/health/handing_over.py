"""What an installer hands over: what was installed in a home, where, in which programs, and how it was found now.

Nothing is called well that was not seen: a gateway that answered the last poll, a device that the gateway lists or
whose entity can be used, a vehicle whose charger's entities can be read. There is no secret in it: no PIN, key or
certificate, no coordinates, and of VINs and premises the end only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.const import CONF_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers import device_registry as dr
from homeassistant.util import dt as dt_util

from ..const import AWAY_STATES, DOMAIN
from ..devices.manager import Registrar
from ..devices.models import with_maker
from ..documents import Fact, Handover, Mark, Part
from ..hub.telling.wording import Wording
from ..hub.telling.words import Sheet
from ..procedures import HealthState, Outcome, Place, Step, from_best, masked
from ..utility import Feature
from ..vehicles.manager import VehicleManager
from ..vehicles.summary import binding_state, tariff
from .cases import KnownCase, appointment_of
from .manager import HealthManager
from .subjects import Watched

SURVEYED = ("place", "coverage", "signal", "latency", "loss", "measured")


@dataclass(frozen=True, slots=True)
class Signed:
    """Who hands over, and what they have to say; empty where they say nothing."""

    name: str = ""
    notes: str = ""


async def async_hand_over(health: HealthManager, wording: Wording, signed: Signed) -> Handover:
    """Return the report of a hub as it is now; the style of ``wording`` has the words of reports."""
    now = dt_util.utcnow()
    await health.async_evaluate(now)
    return _Report(health, wording, now).report(signed)


class _Report:
    def __init__(self, health: HealthManager, wording: Wording, now: datetime) -> None:
        self._health = health
        self._hub = health.hub
        self._hass: HomeAssistant = health.hass
        self._wording = wording
        self._now = now
        self._word = wording.style.word

    def report(self, signed: Signed) -> Handover:
        time = self._time(self._now)
        tells_cases = self._health.account.utility.offers(Feature.CASES)
        return Handover(
            title=self._word("title"),
            subtitle=f"{self._hub.entry.title} · {time}",
            facts=tuple(self._named(self._premises(signed))),
            installed=tuple(map(self._installed, self._health.subjects.all)),
            cases=tuple(self._case(*each) for each in self._health.open_cases()),
            cases_title=self._word("cases"),
            cases_none=self._word("cases_none" if tells_cases else "cases_untold"),
            notes_title=self._word("notes"),
            notes=signed.notes,
            explained=self._word("explained", time=time),
        )

    def _time(self, moment: datetime | str | None) -> str:
        if isinstance(moment, str):
            moment = dt_util.parse_datetime(moment)
        return self._wording.style.moment(dt_util.as_local(moment)) if moment is not None else ""

    def _named(self, facts: Mapping[str, str | None]) -> Iterator[Fact]:
        """Yield what is known of it, under the names that reports have."""
        for name, value in facts.items():
            if value:
                yield Fact(self._word(name), value)

    def _premises(self, signed: Signed) -> dict[str, str | None]:
        premise_id = self._health.account.premise_id
        return {
            "premises": self._hub.entry.title,
            "premise_number": masked(premise_id) if premise_id else None,
            "made_at": self._time(self._now),
            "made_by": signed.name,
        }

    # What is installed

    def _installed(self, watched: Watched) -> Part:
        mark, standing = self._standing(watched)
        places = from_best(self._health.condition(watched.key).survey)
        return Part(
            title=watched.title,
            about=self._kind(watched),
            mark=mark,
            standing=standing,
            facts=tuple(self._named(self._facts(watched, surveyed=bool(places)))),
            heads=tuple(self._word(name) for name in SURVEYED) if places else (),
            rows=tuple(map(self._place, places)),
        )

    def _standing(self, watched: Watched) -> tuple[Mark, str]:
        health = self._health.condition(watched.key).health
        state = self._wording.state("sensor", "health", health.state)
        if health.state is not HealthState.OK:
            reason = self._wording.word(Sheet.HEALTH_REASON, health.reason) if health.reason else ""
            return Mark.UNWELL, ": ".join(filter(None, (state, reason)))
        if (seen := self._seen(watched)) is None:
            return Mark.UNKNOWN, self._word("not_seen")
        return Mark.WELL, self._word("seen", state=state, time=self._time(seen))

    def _seen(self, watched: Watched) -> datetime | None:
        """Return when something was last seen at work, None where it is not known to be at work now."""
        if watched.device is not None:
            if self._hub.manager(Registrar).reached(watched.device) is not True:
                return None
            if (control := watched.device.control) is not None:
                return self._now if self._there([control[CONF_ENTITY_ID]]) else None
            return watched.device.last_contact
        if watched.vehicle is not None:
            return self._now if self._there(self._hub.manager(VehicleManager).entities(watched.vehicle)) else None
        if self._hub.has_meter:
            return self._hub.coordinator.contact.last_contact if self._hub.coordinator.connected else None
        return self._now if self._health.account.connected else None

    def _there(self, entity_ids: Sequence[str]) -> bool:
        states = [self._hass.states.get(entity_id) for entity_id in entity_ids]
        return all(state is not None and state.state not in AWAY_STATES for state in states)

    def _kind(self, watched: Watched) -> str:
        if watched.device is not None:
            return self._wording.option("kind", watched.device.kind)
        if watched.vehicle is not None:
            return self._word("vehicle")
        return self._word("gateway" if self._hub.has_meter else "service")

    def _facts(self, watched: Watched, *, surveyed: bool) -> dict[str, str | None]:
        info = watched.device_info
        facts: dict[str, str | None] = {
            "model": with_maker(info.get("manufacturer"), info.get("model")),
            "vin" if watched.vehicle is not None else "serial": info.get("serial_number"),
            "firmware": info.get("sw_version"),
            **self._whereabouts(watched),
        }
        if watched.device is not None:
            facts |= self._of_device(watched) | ({} if surveyed else {"coverage": self._word("not_measured")})
        elif watched.vehicle is not None:
            facts |= self._of_vehicle(watched)
        else:
            facts |= self._of_gateway()
        return facts | self._diagnosed(watched)

    def _whereabouts(self, watched: Watched) -> dict[str, str | None]:
        device = dr.async_get(self._hass).async_get_device_by_identifier(
            (DOMAIN, watched.key), self._hub.entry.entry_id
        )
        if device is None:
            return {}
        area = ar.async_get(self._hass).async_get_area(device.area_id) if device.area_id else None
        return {"area": area.name if area else None, "added": self._time(device.created_at)}

    def _of_gateway(self) -> dict[str, str | None]:
        if not self._hub.has_meter:
            return {}
        taken = self._hub.coordinator.commissioning.run.results.get(Step.IP_10, {})
        done = taken.get("outcome") == Outcome.DONE
        return {
            "commissioned": self._time(taken["at"]) if done else self._word("not_known"),
            "last_heard": self._time(self._hub.coordinator.contact.last_contact) or self._word("never"),
        }

    def _of_device(self, watched: Watched) -> dict[str, str | None]:
        if (device := watched.device) is None:
            return {}
        linked = self._hass.states.get(device.control[CONF_ENTITY_ID]) if device.control is not None else None
        return {
            "registration": self._wording.state("sensor", "registration_state", device.standing),
            "programs": "\n".join(self._program(watched, name) for name in device.program_names),
            "entity": linked.name if linked else None,
            "last_heard": self._time(device.last_contact),
        }

    def _program(self, watched: Watched, name: str) -> str:
        record = self._health.subjects.record(watched)
        for consent in (record.run.consents or ()) if record is not None else ():
            if consent["name"] == name and (at := consent.get("consented_at")):
                return self._word("agreed", program=name, time=self._time(at))
        return name

    def _of_vehicle(self, watched: Watched) -> dict[str, str | None]:
        if (vehicle := watched.vehicle) is None:
            return {}
        binding, program = vehicle.run.current(self._now), tariff(vehicle, self._now)
        return {
            "binding": self._wording.state("sensor", "binding", binding_state(vehicle, self._now)),
            "rate_program": program.name if program else None,
            "evse": binding.evse if binding else None,
            "bound_since": self._time(binding.valid_from) if binding else None,
        }

    def _diagnosed(self, watched: Watched) -> dict[str, str | None]:
        if (found := self._health.condition(watched.key).diagnosis) is None:
            return {"diagnosis": self._word("never")}
        told: list[Any] = [
            self._wording.state("sensor", "last_diagnosis", found["verdict"]),
            self._wording.word(Sheet.REPAIR, found["next"]) if found.get("next") else None,
            self._time(found.get("at")),
        ]
        repaired = self._wording.word(Sheet.REPAIR, found["repair"]) if found.get("repair") else None
        return {"diagnosis": " · ".join(filter(None, told)), "repaired": repaired}

    def _place(self, place: Place) -> tuple[str, ...]:
        figures = place.figures
        coverage = self._wording.word(Sheet.SIGNAL, place.quality) if place.carried else self._word("not_carried")
        told = (place.name, coverage, *(figures.get(name, "–") for name in ("signal", "latency", "loss")))
        return (*told, self._time(place.at))

    # Cases

    def _case(self, watched: Watched, case: KnownCase) -> Part:
        coming = appointment_of(case)
        when = self._wording.style.on_weekday(*map(dt_util.as_local, coming)) if coming else None
        facts = {"appointment": when, "note": case.get("note")}
        return Part(
            title=watched.title,
            about=case["summary"].removeprefix(f"{watched.title}: "),
            mark=Mark.UNWELL,
            standing=self._word(f"case_{case['status']}"),
            facts=tuple(self._named(facts)),
        )
