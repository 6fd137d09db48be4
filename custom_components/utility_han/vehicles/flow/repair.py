"""Fix flows of vehicles: whose a session was, and what was charged under no binding."""

from decimal import Decimal
from typing import Any, override

import probatio
from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig

from ...documents import Style
from ...hub.flow.choices import choice_or_other
from ...hub.flow.repair import HubQuestionFlow
from ...hub.hub import UtilityHanConfigEntry
from ...hub.telling.person import Person
from ..manager import VehicleManager
from ..notices import about_session, missing_price
from ..rates.draft import CONF_PRICE
from .numbers import Doubts, read_numbers
from .rates import unfit_price

_NOBODY = "nobody"
CONF_VEHICLE = "vehicle"


class ChargingQuestionFlow(HubQuestionFlow):
    """Something about a charging session that only a person can say."""

    unloaded_is = "session_gone"

    def __init__(self, entry: UtilityHanConfigEntry, session_id: str) -> None:
        """``session_id`` is the session's in the ledger."""
        super().__init__(entry)
        self.session_id = session_id

    @property
    def manager(self) -> VehicleManager:
        """The hub's vehicles, while it is loaded."""
        return self.hub.manager(VehicleManager)

    async def async_style(self) -> Style:
        """How whoever is in the dialog writes; it may be read by one after the other."""
        return await (await Person.async_asking(self.hass)).async_style(self.hass)

    def about(self, style: Style) -> dict[str, str]:
        """What the page says of the session; the flow ends (``AbortFlow``) where it is gone by then."""
        if self.gone:
            raise AbortFlow(self.unloaded_is)
        return about_session(self.manager.charging, self.session_id, style)

    @property
    def gone(self) -> bool:
        """Whether there is nothing left to ask."""
        return self.session_id not in self.manager.charging.ledger.entries


class WhoseSessionFlow(ChargingQuestionFlow):
    """Whose vehicle was charged; of energy that fits no session also whether it was charged at all."""

    def __init__(self, entry: UtilityHanConfigEntry, session_id: str, question: str) -> None:
        """``question`` is the key of the notice."""
        super().__init__(entry, session_id)
        self._question = question

    @override
    async def async_step_ask(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Ask, and have it billed or not."""
        if self.gone:
            return self.async_abort(reason="session_gone")
        chosen = None if user_input is None else user_input.get(CONF_VEHICLE)
        if chosen is not None:
            try:
                await self.manager.async_assign(self.session_id, None if chosen == _NOBODY else chosen)
            except ValueError:
                return self.async_abort(reason="session_gone")
            return self.async_create_entry(data={})
        vehicles = {each.key: each.title for each in self.manager.who_may_be(self.session_id)}
        selector = choice_or_other(vehicles, _NOBODY, self._question)
        return self.async_show_form(
            step_id="ask",
            # The frontend would choose the first vehicle by itself if the field were required.
            data_schema=probatio.Schema({probatio.Optional(CONF_VEHICLE): selector}),
            description_placeholders=self.about(await self.async_style()),
            errors=None if user_input is None else {CONF_VEHICLE: "nothing_chosen"},
        )


class PriceMissingFlow(ChargingQuestionFlow):
    """What a kWh cost while a session lasted, and whoever tells prices did not tell it."""

    def __init__(self, entry: UtilityHanConfigEntry, session_id: str) -> None:
        """``session_id`` is the session's in the ledger."""
        super().__init__(entry, session_id)
        self._doubts = Doubts()

    def _missing(self, style: Style) -> dict[str, str] | None:
        return missing_price(self.manager.charging.ledger.entries[self.session_id], style)

    @override
    async def async_step_ask(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask, and have it billed."""
        style = await self.async_style()
        missing = None if self.gone else self._missing(style)
        if missing is None:
            return self.async_abort(reason="session_gone")
        errors: dict[str, str] = {}
        if user_input is not None:
            typed, errors = read_numbers(style, user_input)
            if not (errors := (unfit_price(typed) | errors) or self._doubts.ask(typed, missing["currency"])):
                await self.manager.async_tell_price(self.session_id, Decimal(str(typed[CONF_PRICE])))
                return self.async_create_entry(data={})
        price = TextSelector(TextSelectorConfig(suffix=f"{missing['currency']}/kWh"))
        return self.async_show_form(
            step_id="ask",
            data_schema=self.add_suggested_values_to_schema(
                probatio.Schema({probatio.Required(CONF_PRICE): price}), user_input
            ),
            description_placeholders=self.about(style) | missing,
            errors=errors,
        )


class UnboundFlow(ChargingQuestionFlow):
    """Energy that was charged while no binding was in force: the person is told, and takes note."""

    @override
    async def async_step_ask(self, user_input: dict[str, str] | None = None) -> RepairsFlowResult:
        """Say so."""
        if self.gone:
            return self.async_abort(reason="session_gone")
        if user_input is not None:
            await self.manager.async_accept_unbound(self.session_id)
            return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="ask",
            data_schema=probatio.Schema({}),
            description_placeholders=self.about(await self.async_style()),
        )
