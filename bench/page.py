"""Keeps what was measured in docs/performance.json, and makes docs/performance.md and its charts of it."""

import json
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from homeassistant.const import __version__ as home_assistant

from bench.chart import Bars, Lines, draw

type Figures = Mapping[str, Any]
type Run = Mapping[str, Any]

_DOCS = Path(__file__).parent.parent / "docs"
_KEPT = _DOCS / "performance.json"
PAGE = _DOCS / "performance.md"
CHARTS = _DOCS / "performance"
_HEAD = """# Performance

What the integration costs, measured against the simulator. Written by `script/benchmark --page` from what is kept in
`docs/performance.json`; `script/benchmark NAME --page` measures one section anew. Times depend on the machine and on
what else it does (where nothing is waited for, they are CPU time); the ratios are of one run each, and are what is
meant to hold.
"""


@dataclass(frozen=True, slots=True)
class Section:
    """A benchmark as the page shows it; ``words`` are its figures in the order in which they are shown.

    A figure within another is named by both, with a dot. Those that are lists are shown side by side, the first of
    them as the head.
    """

    title: str
    text: str
    words: Mapping[str, str]
    charts: tuple[Callable[[Figures], Bars | Lines], ...] = ()


def keep(name: str, figures: Figures) -> None:
    """Keep the figures of a benchmark, with the day and what they were measured on."""
    kept = runs()
    kept[name] = {"figures": dict(figures), "on": f"{datetime.now(UTC):%Y-%m-%d}", "machine": _machine()}
    _KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


def write(sections: Mapping[str, Section]) -> None:
    """Make the page and its charts of all that is kept."""
    kept = runs()
    CHARTS.mkdir(exist_ok=True)
    for name, section in sections.items():
        if name in kept:
            for file, chart in charts(name, section, kept[name]["figures"]):
                draw(chart).save(CHARTS / file, optimize=True)
    PAGE.write_text(text(sections, kept))


def text(sections: Mapping[str, Section], kept: Mapping[str, Run]) -> str:
    """Return the page of runs that are kept."""
    shown = (_section(name, section, kept[name]) for name, section in sections.items() if name in kept)
    return "\n".join([_HEAD, *(part for parts in shown for part in parts)])


def runs() -> dict[str, Run]:
    """Return what is kept: of each benchmark its figures, and when and on what they were measured."""
    found: dict[str, Run] = json.loads(_KEPT.read_text()) if _KEPT.is_file() else {}
    return found


def charts(name: str, section: Section, figures: Figures) -> Iterator[tuple[str, Bars | Lines]]:
    """Yield the charts of a section with the names of their files."""
    for number, chart in enumerate(section.charts, 1):
        yield f"{name}{'' if number == 1 else f'-{number}'}.png", chart(figures)


def _machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}, Home Assistant {home_assistant}"


def _section(name: str, section: Section, run: Run) -> Iterator[str]:
    figures = run["figures"]
    yield f"## {section.title}\n"
    yield f"{section.text.strip()}\n"
    yield f"`script/benchmark {name}`, {datetime.fromisoformat(run['on']):%-d %B %Y}, {run['machine']}:\n"
    for file, chart in charts(name, section, figures):
        yield f"![{chart.title}]({CHARTS.name}/{file})\n"
    values = {words: value for key, words in section.words.items() if (value := at(figures, key)) is not None}
    listed = {words: value for words, value in values.items() if isinstance(value, list)}
    single = {words: value for words, value in values.items() if not isinstance(value, list)}
    if listed:
        yield from _table([[words, *map(_text, value)] for words, value in listed.items()])
    if single:
        yield from _table([["", "figure"], *([words, _text(value)] for words, value in single.items())])


def at(figures: Figures, key: str) -> Any:
    """Return a figure, None where it is not there."""
    found: Any = figures
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _table(rows: list[list[str]]) -> Iterator[str]:
    head, *others = rows
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *others]
    yield "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and abs(value) < 1000:
        return f"{value:g}"
    return f"{value:,.0f}" if isinstance(value, (int, float)) else f"{value}"
