"""Nothing ends silently: whatever breaks in the background is told once, shown, and done again."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from unittest.mock import patch

import pytest
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HassJob, HassJobType, HomeAssistant
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from custom_components.utility_han.account.manager import AccountManager
from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.devices.manager import Registrar
from custom_components.utility_han.health.manager import HealthManager
from custom_components.utility_han.hub.background import rounds
from custom_components.utility_han.hub.background.listeners import Listeners
from custom_components.utility_han.load_control.manager import LoadControlManager
from custom_components.utility_han.procedures.charging import point
from custom_components.utility_han.utility.model import Event
from custom_components.utility_han.vehicles import manager as vehicles
from custom_components.utility_han.vehicles.settling import Settling
from tests.component.test_device_flow import DeviceFlow, registered
from tests.conftest import SimulatedGateway
from tests.helpers.health import Patient
from tests.helpers.states import PATIENCE, until
from tests.helpers.utility import SimulatedUtility
from tests.helpers.vehicles import Charger, bind, manager_of

COMPONENT = "custom_components.utility_han"


class ThisIsNewError(Exception):
    """One that nobody has thought of."""


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    """Have what failed tried again soon, and let the charger's meter settle at once."""
    with (
        patch.object(rounds, "_FIRST", 0.05),
        patch.object(rounds, "_LONGEST", 0.1),
        patch.object(point, "SETTLE", timedelta(milliseconds=20)),
        patch.object(vehicles, "_SURE_AFTER", timedelta(0)),
    ):
        yield


class Home:
    """A home with a device and a vehicle, and everything that goes on in its background."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry, charger: Charger) -> None:
        self.hass = hass
        self.entry = entry
        self.charger = charger
        self.gateway = Patient(hass, entry, entry.entry_id)

    def failing(self) -> set[str]:
        """The work that fails."""
        return set(self.entry.runtime_data.rounds.failing)

    async def wake(self) -> None:
        """Have the utility looked at."""
        self.entry.runtime_data.manager(AccountManager).async_wake()

    async def bill(self) -> None:
        """Have what is billed looked at."""
        manager_of(self.entry).delivery.async_wake()

    async def hear(self) -> None:
        """Hear of a case."""
        event = Event("1", "case.updated", dt_util.utcnow(), "case-1", 1)
        self.entry.runtime_data.manager(AccountManager).events.tell(event)

    async def measure(self) -> None:
        """Have the charger count."""
        self.charger.charge(1)

    async def session(self) -> None:
        """Have a vehicle come and go."""
        await self.charger.session(3_000)

    async def poll(self) -> None:
        """Poll the gateway."""
        await self.entry.runtime_data.coordinator.async_refresh()

    async def plan(self) -> None:
        """Have the plan of charging looked at."""
        manager_of(self.entry).planning.async_plug_changed("sensor.garage_charger_energy")

    async def price(self) -> None:
        """Have the sessions priced that wait for prices."""
        with patch.object(Settling, "waiting", new=True):
            manager_of(self.entry)._prices_known()

    async def ask(self) -> None:
        """Have the controls read that the gateway is said to have changed."""
        await self.entry.runtime_data.manager(LoadControlManager).async_look()

    async def keep(self) -> None:
        """Have the minute come in which is kept what was charged."""
        await self.measure()
        await manager_of(self.entry).async_look(dt_util.utcnow())

    async def keep_prices(self) -> None:
        """Have the hour come in which is kept what was told of prices."""
        prices = manager_of(self.entry).prices
        prices.book.note()
        await prices._async_keep(dt_util.utcnow())

    async def time_came(self) -> None:
        """Have the time come at which something changes about controls."""
        await self.entry.runtime_data.manager(LoadControlManager)._async_time_came(dt_util.utcnow())

    async def carried_out(self) -> None:
        """Have appliances carried out what was asked of them."""
        await self.entry.runtime_data.manager(LoadControlManager)._carrying._flush()

    async def evaluate(self) -> None:
        """Have health looked at."""
        await self.entry.runtime_data.manager(HealthManager).async_evaluate()


@pytest.fixture
async def home(hass: HomeAssistant, hub: ConfigEntry, gateway: SimulatedGateway) -> Home:
    """A home in which all is well."""
    flow = DeviceFlow(hass, hub)
    await flow.start()
    await registered(flow, gateway)
    await hass.async_block_till_done()
    home = Home(hass, hub, await bind(hass, hub))
    await home.poll()
    await home.evaluate()
    await until(lambda: home.gateway.well)
    return home


@pytest.mark.parametrize(
    ("broken", "begun"),
    [
        ("devices.manager.Registrar.async_find_pre_registered", Home.wake),
        ("account.manager.AccountManager._wait_for_news", Home.wake),
        ("vehicles.delivery.deliver_records", Home.bill),
        ("vehicles.delivery.Delivery._async_bound", Home.bill),
        ("vehicles.manager.VehicleManager._feed", Home.measure),
        ("vehicles.manager.VehicleManager._async_take_up", Home.session),
        ("vehicles.planning.planning.Planning.evse_href", Home.plan),
        ("load_control.manager.LoadControlManager.async_read", Home.ask),
        ("hub.hub.notices.async_update", Home.poll),
        ("load_control.polled.Controls.take", Home.poll),
        ("health.requests.UtilityRequests._ask", Home.hear),
        ("health.subjects.device_findings", Home.evaluate),
    ],
)
@pytest.mark.use_case("RD-4")
async def test_what_breaks_once_is_told_shown_and_done_again(
    home: Home, caplog: pytest.LogCaptureFixture, broken: str, begun: Callable[[Home], Awaitable[None]]
) -> None:
    caplog.clear()
    with patch(f"{COMPONENT}.{broken}", side_effect=ThisIsNewError):
        for _ in range(3):
            await begun(home)
            await until(home.failing)
        await until(lambda: home.gateway.health == ("failing", "background_failing"))
    told = [each for each in caplog.records if each.exc_info and each.exc_info[0] is ThisIsNewError]
    (work,) = home.failing()
    work = work.split()[0]  # which of many it is for has a name in the log
    assert [(each.name.endswith(DOMAIN), each.levelname, work in each.getMessage()) for each in told] == [
        (True, "ERROR", True)
    ]
    await begun(home)
    await until(lambda: not home.failing())
    with patch("homeassistant.util.dt.utcnow", return_value=dt_util.utcnow() + timedelta(minutes=3)):
        await home.evaluate()
    assert "background_failing" not in str(home.gateway.health)


@pytest.mark.parametrize(
    ("broken", "begun"),
    [
        ("vehicles.planning.planning.Planning.evse_href", Home.plan),
        ("load_control.manager.LoadControlManager.async_read", Home.ask),
        ("health.requests.UtilityRequests._ask", Home.hear),
        ("vehicles.settling.Settling.async_settle_all", Home.price),
        ("vehicles.settling.Settling.async_settle_all", Home.session),
        ("vehicles.store.ChargingPoints.async_save", Home.session),
        ("vehicles.store.ChargingPoints.async_save", Home.keep),
        ("vehicles.rates.price_book.PriceBook.async_save", Home.keep_prices),
        ("load_control.store.KeptControls.async_save", Home.time_came),
        ("load_control.store.KeptControls.async_save", Home.carried_out),
    ],
)
@pytest.mark.use_case("RD-4")
async def test_what_was_begun_once_is_tried_again_by_itself(
    home: Home, broken: str, begun: Callable[[Home], Awaitable[None]]
) -> None:
    with patch(f"{COMPONENT}.{broken}", side_effect=ThisIsNewError) as tried:
        await begun(home)
        await until(lambda: tried.call_count > 2)
        assert home.failing()
    await until(lambda: not home.failing())


@pytest.mark.use_case("RD-4")
async def test_what_is_begun_anew_takes_the_place_of_what_failed(home: Home) -> None:
    work, tried = home.entry.runtime_data.rounds, list[str]()

    async def fail(name: str) -> None:
        tried.append(name)
        raise ThisIsNewError

    async def succeed() -> None:
        tried.append("succeeded")

    with patch.object(rounds, "_FIRST", 60), patch.object(rounds, "_LONGEST", 60):
        work.begin("telling", partial(fail, "first"), "one")
        work.begin("telling", partial(fail, "other"), "another")
        await until(lambda: home.failing() == {"telling one", "telling another"})
        work.begin("telling", succeed, "one")
        await until(lambda: home.failing() == {"telling another"})
    assert tried == ["first", "other", "succeeded"]


@pytest.mark.use_case("DM-2")
async def test_two_devices_of_one_name_are_told_of_apart(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    health = home.entry.runtime_data.manager(HealthManager)
    one, other = (watched for watched in health.subjects.all if watched.subentry_id is not None)
    with (
        patch.object(one, "title", "Two of a name"),
        patch.object(other, "title", "Two of a name"),
        patch(f"{COMPONENT}.health.manager.async_notify", side_effect=ThisIsNewError) as notified,
    ):
        health._notify(one)
        health._notify(other)
        await until(lambda: notified.call_count > 5)
        assert home.failing() >= {f"notifying of {one.key}", f"notifying of {other.key}"}
        notified.side_effect = None  # it is what is tried again
    assert "notifying of Two of a name" in caplog.text
    await until(lambda: not home.failing())


@pytest.mark.use_case("UR-EV")
async def test_odd_answer_ends_no_billing(home: Home, utility: SimulatedUtility) -> None:
    answer = "utility.han_api.connection.ApiConnection._once"
    with patch(f"{COMPONENT}.{answer}", return_value={"bindings": [7], "cases": 7, "vehicles": {}, "records": None}):
        await home.session()
        await home.hass.async_block_till_done()
        await until(lambda: manager_of(home.entry).delivery.reason is not None or home.failing())
    async with asyncio.timeout(PATIENCE):
        while not (billed := await utility.billed()):
            await home.bill()
            await asyncio.sleep(0.05)
    assert [each["energy_wh"] for each in billed] == [3_000]
    await until(lambda: manager_of(home.entry).delivery.reason is None)


@pytest.mark.use_case("UR-14")
async def test_one_device_that_fails_holds_up_no_other(home: Home, gateway: SimulatedGateway) -> None:
    registrar = home.entry.runtime_data.manager(Registrar)
    (record,) = registrar.registrations.records.values()
    passed = []

    async def odd(each: object) -> None:
        passed.append(each)
        if each is record:
            raise ThisIsNewError

    other = type(record)(record.run, "Other", record.data, record.subentry_id)
    registrar.registrations.records = {"first": record, "second": other}
    with patch.object(registrar, "_passed", odd), patch.object(registrar, "_is_left", return_value=True):
        await registrar._do_what_is_left()
    assert passed == [record, other]
    registrar.registrations.records = {record.run.lfdi: record}


async def test_everything_ends_with_the_hub(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    with patch(f"{COMPONENT}.vehicles.delivery.deliver_records", side_effect=ThisIsNewError):
        await home.bill()
        await until(home.failing)
        await home.hass.config_entries.async_unload(home.entry.entry_id)
    assert home.entry.state is ConfigEntryState.NOT_LOADED
    assert not home.entry._background_tasks
    assert not home.entry._tasks


async def test_what_never_ends_is_given_up_shown_and_tried_again(home: Home) -> None:
    tried, work = list[None](), home.entry.runtime_data.rounds

    async def hang() -> None:
        tried.append(None)
        await asyncio.Event().wait()

    with patch.object(rounds, "LONGEST_ROUND", 0.01):
        work.begin("hanging", hang)
        await until(lambda: "hanging" in work.failing and len(tried) > 1)


async def test_nothing_is_begun_once_the_hub_is_unloaded(home: Home) -> None:
    """What an action or a flow that outlives it begins nobody would end."""
    work, done = home.entry.runtime_data.rounds, list[str]()

    async def each() -> None:
        done.append("begun")

    async def fails() -> None:
        done.append("done")
        raise ThisIsNewError

    await home.hass.config_entries.async_unload(home.entry.entry_id)
    work.begin("anything", each)
    await work.do("something", fails)
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert done == ["done"], "who does it waits for it, and nobody tries it again"
    assert not home.entry._background_tasks


async def test_hub_that_is_unloaded_waits_for_what_its_timers_began(home: Home) -> None:
    """It went on beside the hub that was loaded anew."""
    under_way, ended = asyncio.Event(), list[str]()

    async def slowly(_now: datetime) -> None:
        under_way.set()
        await asyncio.sleep(0.05)
        ended.append("time came")

    called = home.entry.runtime_data.rounds.timed("looking", slowly)
    assert HassJob(called).job_type is HassJobType.Callback
    called(dt_util.utcnow())
    await under_way.wait()
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    assert ended


async def test_timer_that_outlives_its_hub_begins_nothing(home: Home) -> None:
    begun = list[str]()

    async def each(_now: datetime) -> None:
        begun.append("time came")

    called = home.entry.runtime_data.rounds.timed("looking", each)
    await home.hass.config_entries.async_unload(home.entry.entry_id)
    called(dt_util.utcnow())
    await home.hass.async_block_till_done()
    assert begun == []


@pytest.mark.use_case("RD-4")
async def test_error_in_the_look_of_each_minute_is_shown(home: Home) -> None:
    """It was a task's that nobody looks after."""
    with patch(f"{COMPONENT}.health.manager.ChosenEntities.async_look", side_effect=ThisIsNewError):
        async_fire_time_changed(home.hass, dt_util.utcnow() + timedelta(minutes=1))
        await until(lambda: "health" in home.entry.runtime_data.rounds.failing)
    await until(lambda: not home.failing())


async def test_no_timer_of_a_hub_begins_what_nobody_waits_for(home: Home) -> None:
    """Home Assistant makes a task of its own of a coroutine that a timer is given, which no hub knows of."""
    await home.hass.async_block_till_done()
    jobs = {id(each): each for each in gc.get_objects() if isinstance(each, HassJob)}
    ours = [each for each in jobs.values() if str(getattr(each.target, "__module__", "")).startswith(COMPONENT)]
    timers = [each for each in ours if "interval" in str(each.name) or "async_track" in str(each.name)]
    assert timers, "there are some"
    assert [str(each) for each in timers if each.job_type is not HassJobType.Callback] == []


def test_listener_that_fails_keeps_no_other_from_being_told() -> None:
    told: list[int] = []
    listeners: Listeners[int] = Listeners()

    def odd(_number: int) -> None:
        raise ThisIsNewError

    listeners.add(odd)
    listeners.add(told.append)
    with pytest.raises(ThisIsNewError):
        listeners.tell(1)
    assert told == [1]
