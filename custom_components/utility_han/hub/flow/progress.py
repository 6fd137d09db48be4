"""Has the frontend hear that a page which showed progress is over, also where it began to listen too late."""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast, override

from homeassistant.core import CALLBACK_TYPE, HassJob, callback
from homeassistant.data_entry_flow import AbortFlow, FlowHandler, FlowResult, FlowResultType
from homeassistant.helpers.event import async_call_later

from ...const import LOGGER

_FIRST = timedelta(seconds=1)
_LONGEST = timedelta(minutes=2)
_APART = timedelta(seconds=1)


def shows_progress[StepT: Callable[..., Coroutine[Any, Any, Any]]](step: StepT) -> StepT:
    """Mark a step that shows progress: what ends the dialog while it does so is raised by the step that follows.

    "Show progress can only transition to show progress or show progress done", and so not to an end (``AbortFlow``).
    An error that nobody thought of is such an end too: Home Assistant asks for the page itself then, and the frontend
    would show progress for ever.
    """

    @wraps(step)
    async def page(pages: ProgressPages[Any], user_input: dict[str, Any] | None = None) -> Any:
        if pages.cur_step is None or pages.cur_step["type"] is not FlowResultType.SHOW_PROGRESS:
            return await step(pages, user_input)
        try:
            shown = await step(pages, user_input)
        except AbortFlow as err:
            over = err
        except Exception:
            LOGGER.exception("unexpected error in a dialog")
            over = AbortFlow("unknown")
        else:
            if shown["type"] is not FlowResultType.ABORT:
                return shown
            over = AbortFlow(shown["reason"], shown.get("description_placeholders"))
        return pages.async_end_after_progress(over)

    return cast("StepT", page)


class ProgressPages[ResultT: FlowResult[Any, Any]](FlowHandler[Any, ResultT, Any]):
    """Pages that show progress, each marked with :func:`shows_progress`.

    Home Assistant tells once that the flow has changed. The frontend subscribes to that only after it was given the
    page: what takes no longer than its subscription is never heard of, and the dialog shows progress for ever. It asks
    for the next page at each telling. Once that was asked for, nothing more is told: who asks again while the page
    ends the flow is told that there is no such flow. So it is with two tellings at once, of a step and of its end: the
    second waits until the first was answered.
    """

    _cancel_telling: CALLBACK_TYPE | None = None
    _cancel_late: CALLBACK_TYPE | None = None
    _told_at: float | None = None
    """When the frontend was told last, by the loop's clock."""
    _follows: str | AbortFlow | None = None
    """The step that follows progress, or why the dialog is over."""

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
    def async_show_progress_done(self, *, next_step_id: str) -> ResultT:
        return self._async_done(next_step_id)

    @callback
    def async_end_after_progress(self, over: AbortFlow) -> ResultT:
        """End the dialog with the step that follows progress."""
        return self._async_done(over)

    def _async_done(self, follows: str | AbortFlow) -> ResultT:
        self._follows = follows
        done = super().async_show_progress_done(next_step_id="after_progress")
        self._tell_again(_FIRST)
        return done

    async def async_step_after_progress(self, user_input: dict[str, Any] | None = None) -> ResultT:
        """Go on, or end: that this is asked for says that somebody has heard, which nothing else does."""
        self._stop_telling()
        if not isinstance(self._follows, str):
            raise self._follows or AbortFlow("unknown")
        page: ResultT = await getattr(self, f"async_step_{self._follows}")(user_input)
        return page

    @callback
    @override
    def async_remove(self) -> None:
        self._stop_telling()
        super().async_remove()

    @callback
    def _tell_again(self, wait: timedelta) -> None:
        """Tell that the page is over, ever less often, until somebody has asked for the next."""
        if self._cancel_telling is not None:
            self._cancel_telling()  # what waits to be told late is told all the same

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
