"""Pages of a walk with a device: at each place it is seen live how good the coverage is (DM-4b, DM-5b)."""

import asyncio
from typing import Any, override

import probatio
from homeassistant.components.sensor import DOMAIN as SENSOR
from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.config_entries import SubentryFlowResult
from homeassistant.const import CONF_ENTITY_ID
from homeassistant.core import callback
from homeassistant.helpers import area_registry as ar
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
from homeassistant.util import dt as dt_util

from ...gateway import SignalQuality
from ...hub.flow.progress import shows_progress
from ...hub.flow.subentry import HubSubentryFlow
from ...hub.renaming import ids_of_now
from ...hub.telling.person import Person
from ...hub.telling.texts import plain
from ...hub.telling.words import async_load
from ...procedures import ROUNDS, Measurement, Outcome, Place, from_best
from ...utility import Feature
from ..coverage import LONGEST_NAME, async_measure_round, async_report_coverage, signal_beside
from ..manager import HealthManager
from ..subjects import Watched
from ..texts import words

CONF_PLACE = "place"
SURVEY = "survey"
"""The page on which the walk begins."""
_SENSOR = EntitySelector(EntitySelectorConfig(domain=SENSOR, device_class=SensorDeviceClass.SIGNAL_STRENGTH))
_NOTHING = dict.fromkeys(("signal", "latency", "loss"), "–")


class SurveyPages(HubSubentryFlow):
    """The walk: where are you, how is it there, and what to do with what was found."""

    _measurement: Measurement
    """Of the place where the person is."""
    _round: asyncio.Task[None] | None = None
    _sensor: str | None = None
    _language: str | None = None
    """Of who walks."""

    @property
    def health(self) -> HealthManager:
        """The health of what the hub has."""
        return self.hub.manager(HealthManager)

    @property
    def _watched(self) -> Watched:
        return self.health.subjects[self._get_reconfigure_subentry().subentry_id]

    @property
    def _places(self) -> list[Place]:
        return from_best(self.health.condition(self._watched.key).survey)

    async def async_step_survey(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask where the person is, and what tells the signal there."""
        watched, errors = self._watched, {}
        if self._language is None:
            self._language = (await Person.async_asking(self.hass)).language
            await async_load(self.hass, self._language)
        if user_input is not None:
            if name := user_input[CONF_PLACE].strip():
                self._sensor = user_input.get(CONF_ENTITY_ID)
                self._measurement = Measurement(name[:LONGEST_NAME], carried=self._sensor is not None)
                return await self.async_step_survey_measure()
            errors[CONF_PLACE] = "place_needed"
        elif self._sensor is None:
            self._sensor = signal_beside(self.hass, watched)
        names = [area.name for area in ar.async_get(self.hass).async_list_areas()]
        names += [place.name for place in self._places if place.name not in names]
        fields = {
            probatio.Required(CONF_PLACE): SelectSelector(
                SelectSelectorConfig(options=names, custom_value=True, mode=SelectSelectorMode.DROPDOWN)
            ),
            probatio.Optional(CONF_ENTITY_ID): _SENSOR,
        }
        suggested = user_input or {CONF_ENTITY_ID: self._sensor}
        return self.async_show_form(
            step_id="survey",
            data_schema=self.add_suggested_values_to_schema(probatio.Schema(fields), suggested),
            description_placeholders={"name": watched.title, "device": plain(watched.title)},
            errors=errors,
            last_step=False,
        )

    @shows_progress
    async def async_step_survey_measure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Measure, and show after each round what is known by then."""
        measurement = self._measurement
        if self._round is not None and self._round.done():
            await self._round
            self._round = None
        if self._round is None:
            if measurement.rounds == ROUNDS:
                return self.async_show_progress_done(next_step_id=_page_of(self._places[0]))
            self._sensor = ids_of_now(self.hass, self._sensor)
            self._round = self.hass.async_create_task(
                async_measure_round(self.health, self._watched, measurement, self._sensor), eager_start=False
            )
        measured = measurement.place(dt_util.utcnow()).figures if measurement.rounds else {}
        return self.async_show_progress(
            step_id="survey_measure",
            progress_action="survey",
            progress_task=self._round,
            description_placeholders={
                **_NOTHING,
                **measured,
                "place": measurement.name,
                "round": str(measurement.rounds + 1),
                "rounds": str(ROUNDS),
            },
        )

    async def async_step_survey_good(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """There is a place that will do."""
        return self._found("survey_good")

    async def async_step_survey_poor(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """There is none yet."""
        return self._found("survey_poor")

    async def async_step_survey_way(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Nothing was carried: the way from Home Assistant to the gateway says nothing of places."""
        return self._found("survey_way")

    def _found(self, step_id: str) -> SubentryFlowResult:
        places, options = self._places, ["survey", "survey_done"]
        if self.health.account.utility.offers(Feature.CASES):
            options.insert(1, "survey_report")
        rows = [
            [plain(place.name.replace("|", "/")), self._coverage(place), *(_NOTHING | place.figures).values()]
            for place in places
        ]
        here = self.health.condition(self._watched.key).survey[-1]
        return self.async_show_menu(
            step_id=step_id,
            menu_options=options,
            description_placeholders={
                "device": plain(self._watched.title),
                "place": here.name,
                "quality": self._coverage(here),
                "best": plain(places[0].name),
                "rows": "\n".join(f"| {' | '.join(row)} |" for row in rows),
            },
        )

    def _coverage(self, place: Place) -> str:
        return words(self.hass, place.quality if place.carried else None, self._language)

    async def async_step_survey_report(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """DM-5b: the utility is told, and the installer may leave."""
        result = await async_report_coverage(self.health, self._watched)
        if result.outcome is Outcome.FAILED:
            return self.async_abort(reason=result.reason.value if result.reason else "utility_error")
        return self.async_abort(
            reason="survey_reported",
            description_placeholders={"device": plain(self._watched.title), "case": result.evidence["case"]},
        )

    async def async_step_survey_done(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Leave; every place was kept when it was measured."""
        return self.async_abort(reason="survey_kept", description_placeholders={"device": plain(self._watched.title)})

    @callback
    @override
    def async_remove(self) -> None:
        """End the round that is under way."""
        super().async_remove()
        if self._round is not None:
            self._round.cancel()


def _page_of(best: Place) -> str:
    """Return the page that says what was found; a place is recommended only where what is carried was measured."""
    if not best.carried:
        return "survey_way"
    return "survey_good" if best.quality is SignalQuality.GOOD else "survey_poor"
