"""What a place is worth, by what was measured there."""

from datetime import UTC, datetime

import pytest

from custom_components.utility_han.gateway.model import Signal, SignalQuality
from custom_components.utility_han.procedures.survey import Measurement, Place, from_best

NOW = datetime(2026, 11, 25, tzinfo=UTC)
GOOD = Signal(SignalQuality.GOOD, 12.0, 0.0, 5)
SLOW = Signal(SignalQuality.MARGINAL, 400.0, 0.2, 5)


def measured(*rounds: tuple[Signal | None, float | None], carried: bool = True, name: str = "here") -> Place:
    """Return a place where those rounds were measured."""
    measurement = Measurement(name, carried)
    for way, signal in rounds:
        measurement.add(way, signal)
    return measurement.place(NOW)


@pytest.mark.use_case("DM-4b")
@pytest.mark.parametrize(
    ("rounds", "quality", "loss"),
    [
        ([(GOOD, -60.0)] * 5, "good", 0.0),
        ([(GOOD, -75.0)] * 5, "marginal", 0.0),
        ([(GOOD, -90.0)] * 5, "too_weak", 0.0),
        ([(SLOW, -60.0)] * 5, "marginal", 0.2),
        ([(None, -60.0)] * 5, "too_weak", 1.0),
        ([(GOOD, -60.0)] * 4 + [(GOOD, None)], "marginal", 0.2),
        ([(GOOD, -60.0)] * 2 + [(GOOD, None)] * 3, "too_weak", 0.6),
        ([(GOOD, -60.0)] * 4 + [(SLOW, -60.0)], "good", 0.04),
    ],
)
def test_place_is_worth_the_worse_of_both_ways(
    rounds: list[tuple[Signal | None, float | None]], quality: str, loss: float
) -> None:
    place = measured(*rounds)
    assert (place.quality, place.loss) == (quality, loss)
    assert Place.from_dict(place.to_dict()) == place


@pytest.mark.use_case("DM-4b")
def test_without_a_sensor_only_the_way_to_the_gateway_is_known() -> None:
    place = measured((GOOD, None), carried=False)
    assert (place.signal, place.latency_ms, place.loss, place.carried) == (None, 12.0, 0.0, False)
    assert Place.from_dict(place.to_dict()) == place
    kept = {key: value for key, value in place.to_dict().items() if key != "carried"}  # as 0.1.0 did
    assert Place.from_dict(kept) == place


@pytest.mark.use_case("DM-4b")
def test_best_place_comes_first() -> None:
    cellar = measured((None, -95.0), name="cellar")
    bunker = measured((None, None), name="bunker")
    hall = measured((GOOD, -72.0), name="hall")
    kitchen = measured((GOOD, -55.0), name="kitchen")
    window = measured((GOOD, -50.0), name="window")
    attic = measured((GOOD, None), carried=False, name="attic")
    assert [place.name for place in from_best([attic, bunker, hall, cellar, kitchen, window])] == [
        "window",
        "kitchen",
        "hall",
        "cellar",
        "bunker",
        "attic",
    ]
