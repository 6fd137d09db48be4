"""The page of performance says what was measured, of every benchmark that there is."""

from importlib.util import find_spec

import pytest
from PIL import Image

from bench import charging, imports
from bench.__main__ import BENCHMARKS
from bench.chart import draw
from bench.page import CHARTS, PAGE, at, charts, runs, text
from bench.sections import SECTIONS


def test_page_is_made_of_what_is_kept() -> None:
    assert PAGE.read_text() == text(SECTIONS, runs()), "script/benchmark NAME --page makes it anew"


def test_every_benchmark_has_been_run_for_the_page() -> None:
    assert set(BENCHMARKS) == set(SECTIONS) == set(runs())


@pytest.mark.parametrize("name", SECTIONS)
def test_every_figure_of_a_section_was_measured(name: str) -> None:
    figures = runs()[name]["figures"]
    assert [key for key in SECTIONS[name].words if at(figures, key) is None] == []


@pytest.mark.parametrize("name", [name for name, section in SECTIONS.items() if section.charts])
def test_charts_are_there_and_can_be_drawn(name: str) -> None:
    for file, chart in charts(name, SECTIONS[name], runs()[name]["figures"]):
        with Image.open(CHARTS / file) as shown:
            drawn = draw(chart)
            assert shown.size == drawn.size
            assert len(drawn.getcolors(1 << 24) or ()) > 3  # paper, ink, and what is shown


async def test_what_charging_costs_can_still_be_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charging, "_DAYS", {"month": 1, "years": 2})
    monkeypatch.setattr(charging, "_READINGS", charging._MINUTES)
    found = await charging.measure()
    assert found.keys() == runs()["charging"]["figures"].keys()
    assert found["sessions"] == [4, 8]


def test_what_only_some_homes_need_is_not_imported_by_all() -> None:
    assert [name for name in imports._NEEDLESS if find_spec(name) is None] == [], "what has moved is never found"
    assert imports.measure(runs=1)["needless"] == "none"
