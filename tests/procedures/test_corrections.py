"""What is made of the registers that a gateway tells: corrected by what a person says, and phases summed."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from custom_components.utility_han.gateway import Interval, Readings, Register, RegisterKind
from custom_components.utility_han.hub.poll.corrections import CorrectedMeter
from custom_components.utility_han.procedures import Corrections, correct, correct_readings, keys_told, sum_phases
from tests.helpers.model_gateway import ModelGateway

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
SWAPPED = Corrections(swapped=True)


def energy(direction: str, phase: str | None = None, tier: int | None = None) -> Register:
    """Return a register that counts, with the key that aio2030dot5 gives it."""
    parts = ["energy", "tou_summation" if tier else "summation", direction]
    if phase:
        parts.append(f"phase_{phase.lower()}")
    if tier:
        parts.append(f"tier_{tier}")
    return Register("_".join(parts), "energy", RegisterKind.SUMMATION, direction, "Wh", tier, phase)


def now(quantity: str, direction: str = "delivered", phase: str | None = None) -> Register:
    """Return what is measured just now."""
    parts = [quantity, *([direction] if direction not in ("delivered", "none") else [])]
    if phase:
        parts.append(f"phase_{phase.lower()}")
    return Register("_".join(parts), quantity, RegisterKind.INSTANTANEOUS, direction, "W", None, phase)


def values(told: Sequence[Register], corrections: Corrections, *numbers: float) -> dict[str, float]:
    """Return what is shown where the registers say ``numbers``."""
    readings = Readings(NOW, dict(zip((each.key for each in told), numbers, strict=True)))
    return correct_readings(readings, correct(told, corrections)).values


@given(st.lists(st.floats(-1e9, 1e9), min_size=4, max_size=4))
def test_nothing_is_changed_where_nobody_says_so(numbers: list[float]) -> None:
    told = [energy("delivered"), energy("net"), now("power"), now("voltage", "none")]
    assert values(told, Corrections(), *numbers) == dict(zip((each.key for each in told), numbers, strict=True))
    assert [each.register for each in correct(told, Corrections())] == told


def test_factor_is_of_what_a_current_transformer_makes_smaller() -> None:
    told = [energy("delivered"), now("power"), now("current", "none"), now("voltage", "none"), now("power_factor")]
    assert values(told, Corrections(40), 100, 2, 3, 230, 0.9) == {
        "energy_summation_delivered": 4_000,
        "power": 80,
        "current": 120,
        "voltage": 230,
        "power_factor": 0.9,
    }
    assert Corrections(40).interval(Interval(NOW, NOW, 2.5)) == Interval(NOW, NOW, 100)


@pytest.mark.parametrize(
    ("told", "numbers", "shown"),
    [
        ([energy("delivered")], [5], {"energy_summation_received": 5}),
        ([energy("delivered", tier=2)], [5], {"energy_tou_summation_received_tier_2": 5}),
        ([energy("net")], [5], {"energy_summation_net": -5}),
        ([energy("total")], [5], {"energy_summation_total": 5}),
        ([now("power")], [300], {"power": -300}),
        ([now("power")], [0], {"power": 0}),
        ([now("power", "net")], [300], {"power_net": -300}),
        ([now("power", "received")], [300], {"power": 300}),
        ([now("power"), now("power", "received")], [300, 0], {"power_received": 300, "power": 0}),
        ([now("power", "none"), now("power", "received")], [300, 20], {"power_received": 300, "power": 20}),
        ([now("reactive_power", phase="A")], [300], {"reactive_power_phase_a": -300}),
        ([now("apparent_power")], [300], {"apparent_power": 300}),
        ([now("voltage", "none")], [230], {"voltage": 230}),
    ],
)
def test_directions_are_swapped(told: list[Register], numbers: list[float], shown: dict[str, float]) -> None:
    found = values(told, SWAPPED, *numbers)
    assert found == shown
    assert not any(str(value).startswith("-0") for value in found.values())
    assert SWAPPED.told_direction("delivered") == "received"


DIRECTIONS = ("none", "delivered", "received", "net", "total")
REGISTERS = st.lists(
    st.builds(energy, st.sampled_from(DIRECTIONS), st.sampled_from((None, "A", "B", "CN", "AB")))
    | st.builds(
        now, st.sampled_from(("power", "current")), st.sampled_from(DIRECTIONS), st.sampled_from((None, "A", "BN"))
    ),
    unique_by=lambda register: register.key,
)


@given(REGISTERS, st.booleans())
def test_every_register_is_shown_once_and_asked_for(told: list[Register], swapped: bool) -> None:
    shown = correct(told, Corrections(swapped=swapped))
    keys = [each.register.key for each in shown]
    assert len(keys) == len(set(keys))
    assert keys_told(shown, keys) == {register.key for register in told}
    assert {each.of for each in shown} >= {(register.key,) for register in told}


@given(REGISTERS)
def test_swapping_twice_is_swapping_nothing(told: list[Register]) -> None:
    keys = {register.key for register in told}
    for register in told:  # what alone is received becomes what has a sign
        counts = register.kind is RegisterKind.SUMMATION
        assume(counts or register.direction != "received" or register.key.replace("_received", "") in keys)
    readings = Readings(NOW, {register.key: float(number) for number, register in enumerate(told, 1)})
    swapped = correct(told, SWAPPED)[: len(told)]
    once = correct_readings(readings, swapped)
    again = correct([each.register for each in swapped], SWAPPED)
    assert readings.values.items() <= correct_readings(once, again).values.items()


def test_phases_add_up_where_nothing_is_the_whole() -> None:
    told = [energy("delivered", phase) for phase in ("A", "B", "C")]
    assert values(told, Corrections(), 1, 2, 3)["energy_summation_delivered"] == 6
    total = correct(told, Corrections())[-1].register
    assert total == energy("delivered")
    assert keys_told(correct(told, Corrections()), [total.key]) == {each.key for each in told}
    assert values(told, SWAPPED, 1, 2, 3)["energy_summation_received"] == 6


@pytest.mark.parametrize(
    ("told", "total"),
    [
        ([energy("delivered", "AN")], "energy_summation_delivered"),
        (
            [energy("delivered", "A", tier=1), energy("delivered", "B", tier=1)],
            "energy_tou_summation_delivered_tier_1",
        ),
        ([now("power", phase="A"), now("power", phase="BN")], "power"),
        ([now("power", "received", "A")], "power_received"),
        ([energy("delivered"), energy("received", "A")], "energy_summation_received"),
    ],
)
def test_what_has_a_total_made(told: list[Register], total: str) -> None:
    assert [each.register.key for each in correct(told, Corrections())][len(told) :] == [total]


@pytest.mark.parametrize(
    "told",
    [
        [energy("delivered"), energy("delivered", "A"), energy("delivered", "B")],
        [now("power", "net"), now("power", phase="A"), now("power", phase="B")],
        [energy("delivered", "AB"), energy("delivered", "BC"), energy("delivered", "CA")],
        [now("voltage", "none", "A"), now("voltage", "none", "B")],
        [now("apparent_power", "none", "A"), now("apparent_power", "none", "B")],
    ],
)
def test_what_has_none(told: list[Register]) -> None:
    assert len(correct(told, Corrections())) == len(told)


def test_a_phase_told_in_two_ways_is_counted_once() -> None:
    told = [energy("delivered", phase) for phase in ("AN", "A", "B")]
    assert values(told, Corrections(), 1, 1, 2)["energy_summation_delivered"] == 3


def test_a_sum_with_a_part_missing_is_none() -> None:
    told = [energy("delivered", phase) for phase in ("A", "B")]
    readings = Readings(NOW, {told[0].key: 1.0}, failed=frozenset({told[1].key}))
    found = correct_readings(readings, correct(told, Corrections()))
    assert found.values == {told[0].key: 1.0}
    assert found.failed == {told[1].key, "energy_summation_delivered"}


class ChangingMeter(ModelGateway):
    """A meter that tells what it is told to tell."""

    told: Sequence[Register] = (energy("delivered"),)

    def known_registers(self) -> Sequence[Register]:
        return self.told

    async def read(self, keys: Collection[str], *, include_clock: bool = False) -> Readings:
        return Readings(NOW, {each.key: 10.0 for each in self.told if each.key in keys})


async def test_registers_that_firmware_adds_or_moves_are_corrected_like_those_before() -> None:
    gateway = ChangingMeter(1, timedelta(minutes=5), timedelta(minutes=5))
    meter = CorrectedMeter(gateway, Corrections(40, swapped=True))
    assert [each.key for each in meter.registers] == ["energy_summation_received"]
    gateway.told = (energy("delivered"), energy("received"), now("voltage", "none"))
    assert {each.key for each in meter.registers} == {
        "energy_summation_received",
        "energy_summation_delivered",
        "voltage",
    }
    read = await meter.read({"energy_summation_delivered", "voltage"}, include_clock=False)
    assert read.values == {"energy_summation_delivered": 400, "voltage": 10}
    gateway.told = ()
    assert not meter.registers


def quarters(phase: str | None, *energies: float) -> list[Interval]:
    """Return quarter hours of a phase."""
    quarter = timedelta(minutes=15)
    return [Interval(NOW + n * quarter, NOW + (n + 1) * quarter, each, phase) for n, each in enumerate(energies)]


def test_intervals_of_phases_are_summed_as_their_registers_are() -> None:
    told = [energy("delivered", phase) for phase in ("A", "BN", "C")] + [energy("received", "A")]
    phases = quarters("A", 10, 20, 30) + quarters("B", 1, 2, 3) + quarters("C", 0.5, 0.5) + quarters("AB", 7, 7, 7)
    assert sum_phases(phases, told, "delivered") == quarters(None, 11.5, 22.5), "one phase has no third quarter"
    assert sum_phases(phases, told, "received") == [], "those of phases whose registers nobody sums"
    assert sum_phases(phases[:6], told, "delivered") == []
    assert sum_phases(quarters(None, 5, 6), told, "delivered") == quarters(None, 5, 6)


async def test_intervals_are_corrected_as_the_registers_that_count_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """What fills an outage is the energy that would have been counted."""
    gateway, asked = ChangingMeter(1, timedelta(minutes=5), timedelta(minutes=5)), list[str]()
    gateway.told = (energy("delivered"), energy("received"))

    async def intervals(direction: str, since: datetime) -> list[Interval]:
        asked.append(direction)
        return quarters(None, 10, 20)

    monkeypatch.setattr(gateway, "intervals", intervals)
    meter = CorrectedMeter(gateway, Corrections(40, swapped=True))
    assert await meter.intervals("delivered", NOW) == quarters(None, 400, 800)
    assert asked == ["received"]
