"""A person in the dialog of a subentry."""

import asyncio
from collections.abc import Mapping
from typing import Any, Self

from homeassistant.config_entries import ConfigEntry, SubentryFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, section

from tests.helpers.states import PATIENCE


def _suggested(schema: Any) -> dict[str, Any]:
    return {
        str(marker.schema): marker.description["suggested_value"]
        for marker in schema.schema
        if marker.description and "suggested_value" in marker.description
    }


class SubentryFlow:
    """A person in a dialog of a hub; ``answers`` are what to submit on the pages of the usual way."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry, kind: str, answers: Mapping[str, dict[str, Any]]
    ) -> None:
        self._hass = hass
        self._entry = entry
        self._kind = kind
        self._answers = answers
        self.result: SubentryFlowResult
        self.progress: list[Mapping[str, str]] = []
        """What was said while the last page that was submitted was at work."""

    @property
    def page(self) -> str | None:
        """The page that shows."""
        return self.result.get("step_id")

    @property
    def errors(self) -> dict[str, str]:
        """What the page complains about."""
        return self.result["errors"] or {}

    @property
    def said(self) -> Mapping[str, str]:
        """What the page's text is filled with."""
        return self.result.get("description_placeholders") or {}

    @property
    def suggested(self) -> dict[str, Any]:
        """What the page's fields are filled with."""
        schema = self.result["data_schema"]
        assert schema is not None
        return _suggested(schema)

    def default(self, name: str) -> Any:
        """What a field has where a person leaves it alone."""
        schema = self.result["data_schema"]
        assert schema is not None
        return next(marker.default() for marker in schema.schema if marker == name)

    def folded(self, name: str) -> dict[str, Any]:
        """What the fields of a section are filled in with."""
        return _suggested(self._field(name).schema)

    def as_shown(self) -> dict[str, Any]:
        """What the page is filled in with, to be submitted as it is."""
        schema = self.result["data_schema"]
        assert schema is not None
        sections = [str(marker.schema) for marker, field in schema.schema.items() if isinstance(field, section)]
        return self.suggested | {each: self.folded(each) for each in sections}

    def _field(self, name: str) -> Any:
        schema = self.result["data_schema"]
        assert schema is not None
        return next(field for marker, field in schema.schema.items() if marker == name)

    @property
    def asked(self) -> set[str]:
        """The fields of the page."""
        schema = self.result["data_schema"]
        assert schema is not None
        return {str(marker) for marker in schema.schema}

    def offered(self, field: str, what: str = "options") -> list[Any]:
        """Return what the page offers for a field; ``what`` is how its selector calls it."""
        return list(self._field(field).config[what])

    async def start(self) -> Self:
        """Choose to add one."""
        self.result = await self._hass.config_entries.subentries.async_init(
            (self._entry.entry_id, self._kind), context={"source": "user"}
        )
        return self

    async def change(self) -> Self:
        """Choose to change the first one."""
        subentry = self._entry.get_subentries_of_type(self._kind)[0]
        self.result = await self._hass.config_entries.subentries.async_init(
            (self._entry.entry_id, self._kind),
            context={"source": "reconfigure", "subentry_id": subentry.subentry_id},
        )
        return self

    async def submit(self, answer: Mapping[str, Any]) -> None:
        """Submit a page and wait until progress ends."""
        manager = self._hass.config_entries.subentries
        self.result = await manager.async_configure(self.result["flow_id"], dict(answer))
        self.progress = []
        async with asyncio.timeout(PATIENCE):
            while self.result["type"] is FlowResultType.SHOW_PROGRESS:
                if self.said not in self.progress[-1:]:
                    self.progress.append(self.said)
                await asyncio.sleep(0.01)
                self.result = await manager.async_configure(self.result["flow_id"])

    async def choose(self, option: str) -> None:
        """Choose in a menu."""
        await self.submit({"next_step_id": option})

    async def announce(self, pin: str, **other: dict[str, Any]) -> None:
        """Describe a device that Home Assistant speaks for, and announce it; over Zigbee that takes no PIN."""
        await self.walk("method", "identification", "programs", **other)
        if self.page == "method":
            await self.choose("in_band")
            await self.submit({"key": pin})
        await self.walk("identification", **other)

    async def walk(self, *until: str | None, **other: dict[str, Any]) -> None:
        """Answer every page until one of ``until`` shows, None for the end of the dialog; ``other`` answers win."""
        answers = {**self._answers, **other}
        while self.page not in until:
            assert self.result["type"] is FlowResultType.FORM, self.result
            assert not self.result["errors"], self.result
            await self.submit(self.answer(answers))

    def answer(self, answers: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        """Return what to submit on the page that shows."""
        return answers[str(self.page)]
