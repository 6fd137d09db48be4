"""The sections of docs/performance.md, by the name of their benchmark, in the order in which they are shown."""

from collections.abc import Callable, Mapping

from bench.chart import Bars, Lines
from bench.page import Figures, Section, at

type _Chart = Callable[[Figures], Bars | Lines]


def _bars(title: str, unit: str, of: Mapping[str, str]) -> _Chart:
    return lambda figures: Bars(title, {words: at(figures, key) for key, words in of.items()}, unit)


def _lines(title: str, over: tuple[str, str], unit: str, of: Mapping[str, str], *, log: bool = True) -> _Chart:
    """Return a chart of figures that are lists; ``over`` is the figure of the axis and what it is called."""
    key_over, words_over = over
    return lambda figures: Lines(
        title, words_over, unit, at(figures, key_over), {words: at(figures, key) for key, words in of.items()}, log=log
    )


def _hours(title: str, part: str, of: Mapping[str, str], step: float) -> _Chart:
    """Return a chart of the kW of a ``part`` of a day with a limit, which is labelled each ``step`` hours."""
    return lambda figures: Lines(
        title,
        "hour of the day",
        "kW",
        at(figures, f"{part}.hours"),
        {words: at(figures, f"{part}.{key}") for key, words in of.items()},
        log=False,
        limit=at(figures, f"{part}.limit_kw"),
        step=step,
    )


def _before_and_after(title: str, unit: str, of: Mapping[str, str]) -> _Chart:
    """Return a chart of figures that are pairs: with a month of sessions, and with three years."""

    def chart(figures: Figures) -> Bars:
        pairs = {words: at(figures, key) for key, words in of.items()}
        values = {f"{words}, {kept}": pair[place] for words, pair in pairs.items() for place, kept in enumerate(_KEPT)}
        return Bars(title, values, unit)

    return chart


_KEPT = ("a month", "three years")

SECTIONS: dict[str, Section] = {
    "import": Section(
        "Import",
        """
How long Home Assistant takes to import the integration, beyond Home Assistant, its components that the integration
builds on, and the libraries of the gateway; the median of fresh interpreters. What is for who has a radio or a VTN, or
wants a document, may not come along. *Home Assistant's own* is what was imported before in the same interpreters: its
core, and the components that the integration builds on, with their libraries.

Python collects garbage over all that is loaded as soon as there is a quarter more of it than at the last time, in
whichever import that falls: the figures are without. In these interpreters one such collection, of mostly Home
Assistant's, falls into ours, though ours has made a tenth of what is there; what it makes of the ratio is told beside.
""",
        {
            "seconds": "seconds",
            "own_seconds": "Home Assistant's own, seconds",
            "ratio": "to Home Assistant's own",
            "at_most": "at most",
            "collected_seconds": "collections of garbage that fall into ours, seconds",
            "collecting_ratio": "to Home Assistant's own, with collections wherever they fall",
            "needless": "came along without need",
        },
    ),
    "beside": Section(
        "Beside others",
        """
Setting up an entry, its first reading included, once all is imported and known: ours, and two of Home Assistant's own.
`homewizard` reads a P1 meter (a server here that says what its documentation shows, without TLS), `rainforest_raven`
the simulated stick that ours reads too. CPU, the median of nine. Ours has TLS over IP, a guard, stores and health.
""",
        {
            "who": "integration",
            "entities": "entities that are enabled",
            "registered": "entities that are registered",
            "ms": "set-up, ms",
            "us_per_entity": "µs for each that is registered",
            "to_homewizard": "ours over IP to homewizard, an entity",
            "to_raven": "ours by its stick to rainforest_raven, an entity",
        },
    ),
    "commissioning": Section(
        "From an announcement to the first reading",
        """
A gateway is heard, and each page of the dialog is answered at once, with the PIN that it takes, until the last page
tells the home's power, and until its sensor does: with the pauses that meters need, and without (*work*). Of the
connections a few only measure the way; between two that ask something there are two seconds, between two requests a
quarter of one. One gateway has all that there can be, eighteen registers among it, and is announced to; the other is
as utilities have put up, Itron's Riva as it was measured by aio2030dot5's author, which its utility has told of the
client. *Waited for* is what is left, pauses included, where a person looks at each of the three pages for three
seconds, which are not counted: pauses between connections go by meanwhile.
""",
        {
            "gateways": "gateway",
            "read_told_seconds": "waited for by a person until the dialog tells the power, s",
            "read_seconds": "until the sensor does, s",
            "told_seconds": "answered at once: until the dialog tells it, s",
            "paced_seconds": "until the sensor does, with pauses, s",
            "pauses_seconds": "pauses of these, s",
            "pauses_share": "pauses' part",
            "work_seconds": "until the sensor does, without pauses, s",
            "connections": "connections",
            "requests": "requests",
        },
    ),
    "poll": Section(
        "A poll",
        """
A poll of a meter over TLS, beside a bare `aio2030dot5` that reads the same channels over one connection, and beside a
client that opens a connection for each. *Reading* is our poll as far as the bare client goes: session, reading,
corrections, and nothing shown. The whole poll has the guard, all parts that are looked at, health, and sixteen
entities of Home Assistant besides. Meters need pauses, a quarter of a second between requests and two seconds between
connections: they are left out but for two ratios, for beside them all else is hardly seen. With pauses a poll begins
when a connection may be opened at once, as in a home, whose polls are half a minute apart.
""",
        {
            "channels": "channels read",
            "ours_ms": "whole poll, ms",
            "reading_ms": "reading, ms",
            "showing_ms": "of the whole poll: entities and health told, ms",
            "bare_ms": "bare aio2030dot5, ms",
            "each_ms": "a connection for each resource, ms",
            "ratio_reading": "reading to bare",
            "ratio": "whole poll to bare",
            "ratio_paced": "whole poll to bare, with the pauses that meters need between requests",
            "at_most": "reading, and whole poll with pauses: at most",
            "ratio_to_connection_each": "whole poll to a connection for each resource",
            "ratio_to_connection_each_paced": "the same, with the pauses that meters need",
            "requests_per_poll": "requests of a poll, the mean of those with everything and with readings alone",
            "connections_per_poll": "connections of a poll",
            "resumed_share": "of these with a TLS session that is resumed",
            "guard_us": "the guard's part, µs",
            "guard_share": "the guard's part of a poll",
            "callbacks_over_20_ms": "callbacks over 20 ms, from set-up on",
        },
        (
            _bars(
                "One poll, without the pauses that meters need",
                "ms",
                {
                    "bare_ms": "bare aio2030dot5",
                    "reading_ms": "reading",
                    "ours_ms": "whole poll, shown",
                    "each_ms": "a connection each",
                },
            ),
        ),
    ),
    "guard": Section(
        "The guard",
        """
What it costs to judge what a poll read, for registers that are believed, and for registers that all leapt and are
doubted. Meters have about ten.
""",
        {
            "registers": "registers",
            "believed_us": "believed, µs a poll",
            "doubted_us": "doubted, µs a poll",
            "exponent": "exponent (1 is linear)",
            "ratio_doubted": "doubted to believed",
        },
        (
            _lines(
                "The guard's part of a poll",
                ("registers", "registers"),
                "µs",
                {"believed_us": "believed", "doubted_us": "doubted"},
            ),
        ),
    ),
    "charging": Section(
        "Vehicles with years of sessions",
        """
Four vehicles charge in a home that has a month of sessions, and in one that has three years of them: a reading of a
charger until everything is shown, what each minute of charging is kept by, and what a session that ends is entered by.
*In the loop* is the part during which nothing else happens in Home Assistant; the rest is the disk's.
""",
        {
            "sessions": "sessions",
            "reading_us": "a reading, µs",
            "kept_ms": "kept each minute: until on disk, ms",
            "kept_kb": "kept each minute: kB",
            "snapshot_ms": "a session that ends: in the loop, ms",
            "entered_ms": "a session that ends: until on disk, ms",
            "entered_kb": "a session that ends: kB",
            "ratio_reading": "a reading: three years to a month",
            "ratio_kept": "kept each minute: three years to a month",
        },
        (
            _before_and_after("A reading of a charger", "µs", {"reading_us": "reading"}),
            _before_and_after(
                "Until it is on disk",
                "ms",
                {"kept_ms": "each minute of charging", "entered_ms": "a session that ends"},
            ),
        ),
    ),
    "ocpi": Section(
        "OCPI records of three years",
        """
Sessions of four vehicles under a program with seasons, a block of the month, a fee and a tax: each is priced, and
written as a CDR of OCPI 2.2.1; the file is read again. Beside it is what *ocpi-tariffs*, a program of others, takes to
price the same records, each in a process of its own, as that is how it is used. Memory is what the process grows by.
""",
        {
            "sessions": "sessions",
            "price_s": "priced, CPU seconds",
            "write_s": "written, CPU seconds",
            "read_s": "read again, CPU seconds",
            "theirs_s": "priced by ocpi-tariffs, CPU seconds",
            "ratio": "priced and written: to ocpi-tariffs",
            "file_mb": "file, MB",
            "price_mb": "kept in memory while all are priced, MB",
            "write_mb": "more while they are written, MB",
            "read_mb": "more while the file is read, MB",
        },
        (
            _bars(
                "Ten thousand sessions",
                "CPU seconds",
                {
                    "price_s": "priced",
                    "write_s": "written",
                    "read_s": "read again",
                    "theirs_s": "priced by ocpi-tariffs",
                },
            ),
        ),
    ),
    "controls": Section(
        "Ten thousand load controls",
        """
A gateway lists so many controls to come, 500 of each program (of more in one program the rest is left unread), and a
device takes part in all of them: reading their pages, taking them up the first time, again at each poll, and writing
them down. The pages are at hand, so that no server's time is in it.
""",
        {
            "listed": "controls",
            "requests": "requests of a poll",
            "read_ms": "read, ms",
            "first_ms": "taken up the first time, ms",
            "poll_ms": "taken up at each poll, ms",
            "written_ms": "written down, ms",
            "exponents.read_ms": "exponent of reading (1 is linear)",
            "exponents.first_ms": "exponent of the first time",
            "exponents.poll_ms": "exponent of each poll",
            "exponents.written_ms": "exponent of writing down",
            "in_one_program_ms": "10,000 in one program: read, ms",
            "ratio_in_one_program": "10,000 in one program to 10,000 in twenty",
        },
        (
            _lines(
                "Controls that are listed",
                ("listed", "controls"),
                "ms",
                {
                    "read_ms": "read",
                    "first_ms": "the first time",
                    "poll_ms": "at each poll",
                    "written_ms": "written down",
                },
            ),
        ),
    ),
    "devices": Section(
        "Devices",
        """
Homes of so many devices, each an entity that has to switch off: set-up of the hub, until all act on one control,
until all answers were taken by the gateway, and memory. Home Assistant takes 10,000 enabled entities of an entry and
a device has eight (16 registered), so that 1,200 are the most. Beside ours is a *bare* integration, which has as many
entities on as many devices and nothing to do: that is Home Assistant's own work. Python collects garbage, over all
that is loaded, whenever there is a quarter more of it: the more devices, the more of that falls into their set-up,
which is told without it too. After a start the gateway is asked of each device; the control comes after that.
*Notified* is from publication by the gateway to the appliance, with the pauses that meters need.
""",
        {
            "counts": "devices",
            "set_up_ms": "set-up, ms",
            "uncollected_ms": "set-up without collections of garbage, ms",
            "bare_ms": "set-up of the bare one, ms",
            "set_up_to_bare": "set-up to that of the bare one",
            "set_up_us_per_entity": "set-up, µs for each entity that is registered",
            "act_ms": "all act, ms",
            "answered_ms": "all answered, ms",
            "memory_kb": "memory, kB",
            "exponents.set_up_ms": "exponent of set-up (1 is linear)",
            "exponents.uncollected_ms": "exponent of set-up without collections of garbage",
            "exponents.act_ms": "exponent of acting",
            "exponents.answered_ms": "exponent of answering",
            "exponents.memory_kb": "exponent of memory",
            "notified_ms.median": "notified: median, ms",
            "notified_ms.longest": "notified: longest, ms",
        },
        (
            _lines(
                "Homes with many devices",
                ("counts", "devices"),
                "ms",
                {"set_up_ms": "set-up", "act_ms": "all act", "answered_ms": "all answered"},
            ),
        ),
    ),
    "openadr": Section(
        "A poll of a VTN",
        """
CPU of one poll of the simulated VTN over TLS with so many events, each with 24 prices (every tenth a level), once all
of them are known: ven, resources, programs and events, with prices, messages and further values made of them. Beside
it a bare client that asks for the same pages and parses their JSON. *Devices* are enrolled in a program of 100 events.
*Hold* is the longest time for which nothing else had a turn during a poll, the median of five polls: one in which
Python collects all of its garbage, or another process has the processor, says nothing of the rest. *An event* is of a
whole hub without a meter: from the beginning of the poll that finds it until all devices, each an entity, are switched
off, and until the VTN has the answer of each.
""",
        {
            "events": "events",
            "first_ms": "the first poll, ms",
            "poll_ms": "a poll, ms",
            "bare_ms": "bare client, ms",
            "ratio": "poll to bare client",
            "exponent": "exponent of a poll (1 is linear)",
            "controls_ms": "controls made of them, ms",
            "longest_hold_ms": "longest hold, ms",
            "devices": "devices",
            "devices_poll_ms": "a poll for so many devices, ms",
            "devices_controls_ms": "controls for so many devices, ms",
            "event.act_ms": "an event for so many devices: all act, ms",
            "event.answered_ms": "an event for so many devices: all answered, ms",
            "event.exponents.act_ms": "exponent of acting, over devices",
            "event.exponents.answered_ms": "exponent of answering, over devices",
        },
        (
            _lines(
                "A poll of a VTN",
                ("events", "events"),
                "ms",
                {"poll_ms": "poll", "bare_ms": "bare client", "controls_ms": "controls"},
            ),
        ),
    ),
    "limit": Section(
        "A capacity limit over a day",
        """
A home that is to take no more than 5 kW from the grid, and from 18 to 19 o'clock no more than 3 kW, on a simulated
day: its own load by a seeded profile of minutes, a charger of 7.4 kW that a vehicle is plugged into at 17 o'clock, a
water heater of 3 kW, and a heat pump of 2 kW of which nothing tells what it draws. The meter is read each 30 s, and
25 s after the home's own load changes. A limit is held if no reading is above it where the one before was: what begins
by itself is seen by the next reading, and is above the limit until then. Readings at which the home's own load *alone*
is above the limit are counted apart. The first chart has the highest reading of each five minutes, the second each
reading. *CPU of a reading* is that of the controller alone, with as many devices, half of them stepless.
""",
        {
            "polls": "readings",
            "polls_above.without": "above the limit, not controlled: readings",
            "polls_above.with": "above the limit: readings",
            "longest_run.without": "longest run above the limit, not controlled: readings",
            "longest_run.with": "longest run above the limit: readings",
            "polls_above.base_alone": "above the limit by the home's own load alone: readings",
            "overshoot_percent.without": "largest overshoot, not controlled, %",
            "overshoot_percent.with": "largest overshoot, of one reading, %",
            "above_wh.without": "energy above the limit, not controlled, Wh",
            "above_wh.with": "energy above the limit, Wh",
            "above_wh.base_alone": "of that by the home's own load alone, Wh",
            "quarter_kw.without": "highest quarter of an hour, not controlled, kW",
            "quarter_kw.with": "highest quarter of an hour, kW",
            "told.charger": "charger told another power, times a day",
            "told.water_heater": "water heater switched, times a day",
            "told.heat_pump": "heat pump switched, times a day",
            "undone_kwh.without": "still wanted by devices at midnight, not controlled, kWh",
            "undone_kwh.with": "still wanted by devices at midnight, kWh",
            "devices": "devices",
            "reading_us": "CPU of a reading, µs",
            "exponent": "exponent of a reading, over devices (1 is linear)",
            "ratio_day": "CPU of simulating the day: controlled to not controlled",
        },
        (
            _hours(
                "A day with a limit (highest of each five minutes)",
                "day",
                {"without_kw": "not controlled", "with_kw": "controlled"},
                3,
            ),
            _hours(
                "Its evening (each reading)", "evening", {"with_kw": "controlled", "own_kw": "own load alone"}, 0.5
            ),
        ),
    ),
    "health": Section(
        "Health",
        """
An evaluation of a home with many devices, and the longest time for which nothing else has a turn meanwhile.
""",
        {
            "devices": "devices",
            "evaluation_ms_per_1000": "an evaluation, ms for 1,000 devices",
            "longest_hold_ms": "longest hold of the event loop, ms",
        },
    ),
    "diagnosis": Section(
        "Diagnosis",
        """
A full diagnosis of a device that is well, down to a test signal of the utility and back: with the pauses that meters
need, and without (*work*).
""",
        {
            "work_seconds": "work, s",
            "paced_seconds": "with pauses, s",
            "ratio": "with pauses to work",
            "gateway_requests": "requests to the gateway",
        },
    ),
    "transports": Section(
        "An hour over each transport",
        """
An hour of one meter in steady state: our CPU time, and messages on the way. IP has a TLS handshake in each poll.
""",
        {
            "ip.cpu_seconds": "IP: CPU, s",
            "ezsp.cpu_seconds": "EZSP radio: CPU, s",
            "raven.cpu_seconds": "RAVEn stick: CPU, s",
            "ip.messages_per_hour": "IP: messages",
            "ezsp.messages_per_hour": "EZSP radio: messages",
            "raven.messages_per_hour": "RAVEn stick: messages",
            "ratio_ezsp": "CPU of EZSP to IP",
            "ratio_raven": "CPU of RAVEn to IP",
        },
        (
            _bars(
                "CPU time of an hour of polls",
                "s",
                {"ip.cpu_seconds": "IP", "ezsp.cpu_seconds": "EZSP radio", "raven.cpu_seconds": "RAVEn stick"},
            ),
        ),
    ),
    "green_button": Section(
        "Ten years of a Green Button file",
        """
A file of quarters of an hour is written, read by steps as an event loop would take them, read in an executor beside an
event loop that beats each millisecond, and compared with the hours of a meter. Beside the reader is the standard
library's ElementTree, which makes a tree of the same file and no more. Seconds and steps are the processor's time of
their thread; how late the loop's beats are is by the wall clock, 99 of 100 beats, and beside it what they are while
the executor sleeps: that is the machine's own, and what else it had to do.
""",
        {
            "readings": "readings",
            "megabytes": "size, MB",
            "write_s": "written, s",
            "read_s": "read, s",
            "tree_s": "tree of ElementTree, s",
            "ratio_to_tree": "read to tree",
            "steps": "steps",
            "longest_step_ms": "longest step, ms",
            "at_most_ms": "at most, ms",
            "held_ms": "beat of the loop late while an executor reads, ms",
            "held_idle_ms": "beat of the loop late while an executor sleeps, ms",
            "memory_mb": "memory at the most while it is read, MB",
            "compare_s": "compared with the meter's hours, s",
        },
    ),
    "soak": Section(
        "A home that lives for long",
        """
The home of `script/soak` (Home Assistant with its recorder, a meter, a pump, a charger, a vehicle, and troubles of
every kind), each number of days in a process of its own, with as much trouble a day: what it takes, what it holds in
the end, and which of the soak's invariants did not hold (`docs/reliability.md`). A year: `script/benchmark soak
--days 365`.
""",
        {
            "days": "simulated days",
            "broken": "what did not hold",
            "seconds": "seconds",
            "cpu_seconds": "CPU, s",
            "peak_mb": "memory at its peak, MB",
            "objects": "Python objects in the end",
            "files_a_day": "files written a day",
            "ratio_cpu_a_day": "CPU a day: longest to shortest",
            "ratio_peak": "memory: longest to shortest",
            "ratio_objects": "objects: longest to shortest",
        },
        (
            _lines("Time of a soak", ("days", "simulated days"), "s", {"cpu_seconds": "CPU"}, log=False),
            _lines("Memory of a soak", ("days", "simulated days"), "MB", {"peak_mb": "peak"}, log=False),
        ),
    ),
}
