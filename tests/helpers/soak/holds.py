"""What must hold of a home, whatever befell it: nothing lost, nothing doubled."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from homeassistant.components.recorder import get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.util import dt as dt_util

from custom_components.utility_han.esi import Source
from custom_components.utility_han.load_control.manager import LoadControlManager
from custom_components.utility_han.procedures import HealthReason, RecordState
from tests.helpers.model_gateway import ENERGY
from tests.helpers.soak.clock import now
from tests.helpers.soak.home import POLL, UPDATE, SoakHome
from tests.helpers.soak.lives import Chronicle
from tests.helpers.states import entity_id_of, state_of
from tests.helpers.vehicles import manager_of

_HOUR = timedelta(hours=1)
_LAG = UPDATE + 5 * POLL
"""How far behind the truth an hour may end: the register's own step, and polls that are made later after a failure."""


async def hours_of(home: SoakHome) -> dict[datetime, float]:
    """Return what the statistic has counted at the end of each hour, in Wh, on top of the first hour's state."""
    entity_id = entity_id_of(home.hass, home.entry, ENERGY)
    rows = await get_instance(home.hass).async_add_executor_job(
        statistics_during_period, home.hass, home.begun, None, {entity_id}, "hour", {"energy": "Wh"}, {"state", "sum"}
    )
    first = rows[entity_id][0]
    before = (first["state"] or 0.0) - (first["sum"] or 0.0)
    return {
        dt_util.utc_from_timestamp(row["start"]) + _HOUR: before + float(row["sum"] or 0.0) for row in rows[entity_id]
    }


def wrong_hours(chronicle: Chronicle, hours: dict[datetime, float]) -> Iterator[str]:
    """Yield the hours that are not what the meter counted until then."""
    home, made = chronicle.home, chronicle.compiled_until
    if made is None or now() - made > _HOUR + _LAG:
        yield f"statistics were made until {made} only"
    for at, counted in hours.items():
        if any(span.reaches(at) for span in chronicle.doubted):
            continue  # what is doubted comes when it is not
        unmeasured = max((lost for since, lost in home.meter.changes if since <= at), default=0)
        # Where within an interval an outage began the meter does not tell.
        share = max((span.share for span in chronicle.outages if span.reaches(at)), default=0) + 1
        least, most = home.meter.truth(at - _LAG) - unmeasured - share, home.meter.truth(at) - unmeasured + share
        if not least <= counted <= most:
            yield f"{at}: {counted} Wh, where {least} to {most} were used"


def wrong_total(home: SoakHome, hours: dict[datetime, float]) -> Iterator[str]:
    """Yield by what the register as it is shown, and its statistic, differ from all that was measured."""
    assert home.meter.read_last is not None
    measured = home.meter.read_last - home.meter.unmeasured
    shown = round(float(state_of(home.hass, home.entry, ENERGY).state) * 1000)
    if shown != measured:
        yield f"{shown} Wh are shown, {measured} were measured"
    counted = hours[max(hours)]
    if not home.meter.truth(max(hours) - _LAG) - home.meter.unmeasured - 1 <= counted <= measured + 1:
        yield f"{counted} Wh are counted, {measured} were measured"


def wrong_sessions(home: SoakHome) -> Iterator[str]:
    """Yield what was charged and not billed, or billed twice; what a person is asked about is neither."""
    yield from (each for each in home.utility.wrong if "session" in each)
    ledger = manager_of(home.entry).charging.ledger
    asked = sum(entry.energy_wh for entry in ledger.entries.values() if not entry.settled)
    unbound = sum(entry.unbound_wh for entry in ledger.entries.values())
    billed, charged = home.utility.billed_wh, home.charger.delivered
    if billed + asked + unbound != charged:
        yield f"{charged} Wh were charged, {billed} billed, {asked} asked about, {unbound} under no binding"
    if waiting := [record for _, record in ledger.records() if record.state is not RecordState.SENT]:
        yield f"{len(waiting)} records are not handed over: {sorted({each.state.value for each in waiting})}"


def wrong_answers(home: SoakHome) -> Iterator[str]:
    """Yield answers that are missing, doubled, or nobody's."""
    yield from home.meter.answered_wrongly(now() - _HOUR)
    assert home.hub is not None
    if waiting := len(home.hub.manager(LoadControlManager)._kept.outboxes[Source.GATEWAY]):
        yield f"{waiting} answers wait"
    if not home.pump.runs:
        yield "the pump was not put back"


def wrong_registrations(home: SoakHome) -> Iterator[str]:
    """Yield devices that are registered and not there, or there and not registered."""
    yield from (each for each in home.utility.wrong if "registered" in each)
    device = home.device
    if home.utility.active != ([device.unique_id] if device else []):
        yield f"{home.utility.active} are registered, {device and device.unique_id} is there"
    if len(home.utility.opened) > home.registered:
        yield f"{len(home.utility.opened)} registrations of {home.registered} devices"


def still_wrong(home: SoakHome) -> Iterator[str]:
    """Yield what is still believed to be wrong, although nothing is."""
    of: dict[str, str | None] = {"gateway": None, "vehicle": home.vehicle.subentry_id}
    if (device := home.device) is not None:
        of["device"] = device.subentry_id
    for name, key in of.items():
        believed: set[HealthReason] | None = home.believed(key)
        # That it could not do what a control asked for is told for a day.
        if believed is None or believed - {HealthReason.CONTROL_MISSED}:
            yield f"the {name} is believed to be {believed}"
