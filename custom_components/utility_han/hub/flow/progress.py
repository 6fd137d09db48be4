"""Has the frontend hear that a page which showed progress is over, also where it began to listen too late."""

from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.core import CALLBACK_TYPE, HassJob, callback
from homeassistant.data_entry_flow import AbortFlow, FlowHandler, FlowResult, FlowResultType
from homeassistant.helpers.event import async_call_later

_FIRST = timedelta(seconds=1)
_LONGEST = timedelta(minutes=2)
_APART = timedelta(seconds=1)


class ProgressPages[ResultT: FlowResult[Any, Any]](FlowHandler[Any, ResultT, Any]):
    """Pages that show progress.

    Home Assistant tells once that the flow has changed. The frontend subscribes to that only after it was given the
    page: what takes no longer than its subscription is never heard of, and the dialog shows progress for ever. It asks
    for the next page at each telling. Once that was asked for, nothing more is told: who asks again while the page
    ends the flow is told that there is no such flow. So it is with two tellings at once, of a step and of its end: the
    second waits until the first was answered.

    Nor may a page that shows progress end the dialog: "show progress can only transition to show progress or show
    progress done". What ends it there is raised by the step that follows (``AbortFlow``).
    """

    _cancel_telling: CALLBACK_TYPE | None = None
    _cancel_late: CALLBACK_TYPE | None = None
    _why_over: AbortFlow | None = None
    """Why the dialog is over, where a page that shows progress found that out."""
    _told_at: float | None = None
    """When the frontend was told last, by the loop's clock."""

    @callback
    @override
    def async_notify_flow_changed(self) -> None:
        if self._cancel_late is not None:
            return
        now = self.hass.loop.time()
        wait = 0.0 if self._told_at is None else self._told_at + _APART.total_seconds() - now
        if wait > 0:
            self._cancel_late = async_call_later(self.hass, wait, HassJob(self._tell_late, cancel_on_shutdown=True))
            return
        self._told_at = now
        super().async_notify_flow_changed()

    @callback
    def _tell_late(self, _now: datetime) -> None:
        self._cancel_late, self._told_at = None, None
        self.async_notify_flow_changed()

    @callback
    @override
    def async_show_progress(self, *, step_id: str | None = None, **shown: Any) -> ResultT:
        step = f"async_step_{step_id}"  # our pages name themselves

        async def go_on(user_input: dict[str, Any] | None = None) -> ResultT:
            try:
                page: ResultT = await getattr(type(self), step)(self, user_input)
            except AbortFlow as err:
                self._why_over = err
            else:
                if page["type"] is not FlowResultType.ABORT:
                    return page
                said: Any = page.get("description_placeholders")
                self._why_over = AbortFlow(page["reason"], said)
            return self.async_show_progress_done(next_step_id="ended")

        setattr(self, step, go_on)
        return super().async_show_progress(step_id=step_id, **shown)

    async def async_step_ended(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """End the dialog, as the page before found out."""
        raise self._why_over or AbortFlow("unknown")

    @callback
    @override
    def async_show_progress_done(self, *, next_step_id: str) -> ResultT:
        step = f"async_step_{next_step_id}"

        async def asked_for(user_input: dict[str, Any] | None = None) -> ResultT:
            self._stop_telling()
            page: ResultT = await getattr(type(self), step)(self, user_input)
            return page

        setattr(self, step, asked_for)  # Home Assistant says in no other way that somebody has asked
        done = super().async_show_progress_done(next_step_id=next_step_id)
        self._tell_again(_FIRST)
        return done

    @callback
    @override
    def async_remove(self) -> None:
        self._stop_telling()
        super().async_remove()

    @callback
    def _tell_again(self, wait: timedelta) -> None:
        """Tell that the page is over, ever less often, until somebody has asked for the next."""
        self._stop_telling()

        @callback
        def tell(_now: datetime) -> None:
            self._cancel_telling = None
            self.async_notify_flow_changed()
            if wait < _LONGEST:
                self._tell_again(wait * 2)

        self._cancel_telling = async_call_later(self.hass, wait, HassJob(tell, cancel_on_shutdown=True))

    @callback
    def _stop_telling(self) -> None:
        for cancel in (self._cancel_telling, self._cancel_late):
            if cancel is not None:
                cancel()
        self._cancel_telling = self._cancel_late = None
