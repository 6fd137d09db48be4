"""Hears of changed controls without waiting for the next poll: the gateway posts to a webhook on the local network.

IEEE 2030.5-2018, Subscription/Notification; over Zigbee the meter tells the radio by itself. Where the gateway cannot
do that, or Home Assistant has no address on the local network, polling does.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from aiohttp.hdrs import METH_POST
from aiohttp.web import Request
from homeassistant.components import webhook
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.network import NoURLAvailableError
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..devices.manager import Registrar
from ..esi import DemandResponseProgram, Source
from ..gateway import LARGEST_NOTIFICATION, GatewayError, ends_subscription
from ..hub.background.pacing import Due
from ..hub.background.prompted import Prompted
from ..hub.background.rounds import Backoff
from ..hub.hearing import async_hear, async_posted
from ..hub.poll.coordinator import GatewayCoordinator
from ..hub.reach.transport import Transport, transport_of
from .manager import LoadControlManager
from .store import KeptControls

_EVERY = timedelta(hours=6)
_FIRST_AGAIN = 60.0
"""Seconds after which the gateway is asked again first, where it could not be asked; then ever longer."""
_RENEWAL_COOLDOWN = 30.0
"""Seconds between two renewals of subscriptions, however often somebody posts that they are over."""
_COOLDOWN = 2.0
"""Seconds between two readings, however often somebody posts."""


async def async_subscribe(
    hass: HomeAssistant, registrar: Registrar, coordinator: GatewayCoordinator, manager: LoadControlManager
) -> None:
    """Have controls read when the gateway tells of them; over IP it posts to a webhook from the next poll on."""
    entry = coordinator.config_entry
    look = Prompted(hass, entry, coordinator.rounds, "looking for controls", manager.async_look, rest=_COOLDOWN)
    coordinator.gateway.watch(look.async_prompt)
    if transport_of(entry.data) is not Transport.IP:
        return
    webhook_id = await (await KeptControls.async_get(hass, entry.entry_id)).async_webhook_id()

    subscribe_again = _follow_programs(hass, registrar, coordinator, manager, webhook_id)
    renew = Prompted(hass, entry, coordinator.rounds, "renewing", subscribe_again, rest=_RENEWAL_COOLDOWN)

    async def heard(_hass: HomeAssistant, _webhook_id: str, request: Request) -> None:
        # Whoever can reach us could have posted it, so nothing of it is believed: what holds is what the gateway,
        # known by its certificate, says when it is asked. All it decides is whether to ask for subscriptions too.
        if ends_subscription(await async_posted(request, LARGEST_NOTIFICATION)):
            renew.async_prompt()
        look.async_prompt()

    async_hear(hass, entry, webhook_id, heard, local_only=True, methods=[METH_POST])


def _follow_programs(
    hass: HomeAssistant,
    registrar: Registrar,
    coordinator: GatewayCoordinator,
    manager: LoadControlManager,
    webhook_id: str,
) -> Callable[[], Awaitable[None]]:
    """Subscribe to what devices are assigned; return what does it again at once, where the gateway ended it."""
    entry = coordinator.config_entry
    due, backoff = Due(), Backoff(_FIRST_AGAIN, _EVERY.total_seconds())
    subscribed: frozenset[str] = frozenset()

    async def subscribe(programs: list[DemandResponseProgram]) -> None:
        if await _asked(hass, coordinator, webhook_id, programs):
            backoff.reset()
        else:
            due.again_after(backoff.after())

    @callback
    def look() -> None:
        nonlocal subscribed
        programs = manager.programs(Source.GATEWAY)
        wanted = frozenset(program.href for program in programs)
        now = dt_util.utcnow()
        if not coordinator.connected or not wanted:
            return
        if wanted <= subscribed and not due.is_now(_EVERY, now):
            return
        due.begin(now)
        subscribed = wanted
        coordinator.rounds.begin("subscribing", partial(subscribe, programs))

    entry.async_on_unload(coordinator.async_add_listener(look))
    entry.async_on_unload(registrar.changed.add(look))

    async def look_again() -> None:
        due.at_once()
        await registrar.async_read_programs()  # a program may have moved, or changed what it has
        look()

    return partial(coordinator.rounds.do, "subscribing again", look_again)


async def _asked(
    hass: HomeAssistant, coordinator: GatewayCoordinator, webhook_id: str, programs: list[DemandResponseProgram]
) -> bool:
    """Ask the gateway to tell of the controls of ``programs``; return whether it has said what it does."""
    title = coordinator.config_entry.title
    try:
        uri = webhook.async_generate_url(
            hass, webhook_id, allow_internal=True, allow_external=False, prefer_external=False
        )
    except NoURLAvailableError:
        LOGGER.debug("%s: no address on the local network to be told at; polling only", title)
        return True
    try:
        taken = await coordinator.gateway.subscribe(programs, uri)
    except GatewayError as err:
        LOGGER.debug("%s: no subscription to controls now: %s", title, err)
        return False
    LOGGER.debug("%s: told of changed controls: %s", title, taken)
    return True
