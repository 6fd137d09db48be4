"""What the last page of commissioning says of a reading: a home may feed in, or be as good as at rest."""

import pytest
from homeassistant.core import HomeAssistant

from custom_components.utility_han.hub.flow.done import reading_line
from custom_components.utility_han.hub.flow.words import Words


@pytest.mark.use_case("IP-10")
@pytest.mark.parametrize(
    ("value", "shown"), [(-2500.4, "-2500"), (-0.3, "0"), (0.0, "0"), (812, "812")], ids=["export", "rest", "0", "use"]
)
async def test_power_is_whole_watts_with_its_sign(hass: HomeAssistant, value: float, shown: str) -> None:
    words = await Words.async_asking(hass)
    (line,) = reading_line(words, {"register": "power", "value": value, "unit": "W"})
    assert line == f"✓ **Power now:** {shown}\N{NO-BREAK SPACE}W"
    assert reading_line(words, None) == []


@pytest.mark.use_case("IP-10")
async def test_energy_is_shown_as_a_meter_shows_it(hass: HomeAssistant) -> None:
    words = await Words.async_asking(hass)
    (line,) = reading_line(words, {"register": "energy_summation_delivered", "value": 12_345_678.0, "unit": "Wh"})
    assert line == "✓ **Energy delivered:** 12346\N{NO-BREAK SPACE}kWh"
