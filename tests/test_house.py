"""The order of the house is held: each rule is broken by somebody here, and it is seen."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from script.check_house import (
    COMPONENT,
    about_nothing,
    arrows_of,
    asking_elsewhere,
    draw,
    drawn,
    fewest,
    too_large,
    wrong_in_drawing,
)
from script.import_graph import circles, import_graph

ROOT = Path(__file__).parent.parent
HAN = "custom_components/utility_han"

OFFENCES: dict[str, dict[str, str]] = {
    "order": {
        f"{HAN}/devices/looks_up.py": "from ..health.manager import HealthManager\n",
        f"{HAN}/hub/names_a_type.py": (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..devices.manager import Registrar\n"
        ),
        f"{HAN}/vehicles/asks_late.py": "def ask():\n    from ..sensor import SubjectSensor\n",
        f"{HAN}/procedures/charging/takes_a_name.py": "from ...const import CONF_KIND\n",
        f"{HAN}/gateway/signs_in.py": "from ..utility import HanApi\n",
        f"{HAN}/utility/reads.py": "from ..gateway import Register\n",
        f"{HAN}/esi/calls.py": "from ..gateway import Gateway\n",
        f"{HAN}/garden/__init__.py": "",
    },
    "free": {
        f"{HAN}/procedures/is_at_home.py": "from homeassistant.core import HomeAssistant\n",
        f"{HAN}/gateway/zigbee/is_at_home.py": "def late():\n    import homeassistant.util.dt\n",
        f"{HAN}/utility/portal/is_at_home.py": "from homeassistant.util import dt\n",
        f"{HAN}/esi/is_at_home.py": "from .. import PLATFORMS\n",
    },
    "faces": {
        f"{HAN}/hub/goes_behind.py": "from ..gateway.model import Register\n",
        f"{HAN}/hub/goes_behind_zigbee.py": "def late():\n    from ..gateway.zigbee.radio import Radio\n",
        f"{HAN}/account/goes_behind.py": "from ..utility.han_api.client import HanApi\n",
        f"{HAN}/vehicles/goes_behind.py": "from ..procedures.charging.tariff import rate_zone\n",
        f"{HAN}/goes_behind.py": "from .esi.model import LoadControl\n",
    },
    "wire": {
        "simulator/knows_the_component.py": "from custom_components.utility_han.const import DOMAIN\n",
        f"{HAN}/gateway/knows_the_simulator.py": "import simulator.pins\n",
    },
    "no_circle": {
        f"{HAN}/hub/begins.py": "from .flow import ends\n",
        f"{HAN}/hub/flow/ends.py": "from ..begins import ends\n",
        "bench/one.py": "from . import other\n",
        "bench/other.py": "from . import one\n",
        "script/one.py": "from .demo_home import other\n",
        "script/demo_home/other.py": "from script import one\n",
    },
    "simulator_order": {
        "simulator/gateway/looks_up.py": "from simulator.utility.service import UtilityService\n",
        "simulator/household/looks_up.py": "def late():\n    from simulator.gateway import faults\n",
        "simulator/garden/__init__.py": "",
    },
    "no_circle_in_simulator": {
        "simulator/one.py": "from .utility import other\n",
        "simulator/utility/other.py": "from .. import one\n",
    },
}
_CIRCLES = {
    "no_circle": [
        r"allowed in custom_components\.utility_han\.hub\.",
        r"allowed in bench\.",
        r"allowed in script\.",
    ],
    "no_circle_in_simulator": [r"- \.one -> \.utility|- \.utility -> \.one"],
}
"""What is told of circles: the package, or the import that would have to go."""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of the source, in which offences can be committed."""
    for folder in ("custom_components", "simulator", "script", "bench"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "*.json", "www")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _write(root: Path, files: Mapping[str, str]) -> None:
    for name, source in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(source)


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@pytest.mark.parametrize("contract", OFFENCES)
def test_each_contract_can_be_broken(house: Path, contract: str) -> None:
    _write(house, OFFENCES[contract])
    told = subprocess.run(  # noqa: S603
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo", "--contract", contract],
        cwd=house,
        env={**os.environ, "COLUMNS": "500"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert "0 kept, 1 broken" in told.stdout, told.stdout
    modules = [re.escape(_module(name)) for name in OFFENCES[contract]]
    for wanted in _CIRCLES.get(contract, modules):
        assert re.search(wanted, told.stdout), f"nobody saw {wanted}:\n{told.stdout}"


def test_every_contract_is_tried() -> None:
    configured = (ROOT / "pyproject.toml").read_text().partition("[tool.importlinter]")[2]
    assert OFFENCES.keys() == {
        line.split('"')[1] for line in configured.partition("[tool.pytest")[0].splitlines() if line.startswith("id = ")
    }


def test_circles_are_found_wherever_the_import_is(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            "house/__init__.py": "from .hall import door\n",
            "house/hall.py": "def door():\n    from . import garden\n",
            "house/garden/__init__.py": "",
            "house/garden/shed.py": "import typing\nif typing.TYPE_CHECKING:\n    from ..attic import Box\n",
            "house/attic.py": "from house.garden.shed import Box\n",
            "house/cellar.py": "from . import window\n",
        },
    )
    graph = import_graph(tmp_path, ["house"])
    assert graph["house.hall"] == {"house.garden"}
    assert graph["house.cellar"] == {"house"}
    assert circles(graph) == [["house.attic", "house.garden.shed"]]

    _write(tmp_path, {"house/garden/__init__.py": "from .. import window\n"})
    assert circles(import_graph(tmp_path, ["house"])) == [
        ["house", "house.garden", "house.hall"],
        ["house.attic", "house.garden.shed"],
    ]


def test_the_drawing_is_compared_with_the_imports(house: Path) -> None:
    arrows = arrows_of(import_graph(house, [COMPONENT]))
    shown = drawn(f"# Architecture\n{draw(arrows, dict.fromkeys(arrows, 'a room'))}\nhealth --> hub\n")
    assert shown == fewest(arrows)
    assert not list(wrong_in_drawing(shown, arrows))

    _write(house, {f"{HAN}/gateway/calls.py": "from ..utility import Utility\n"})
    assert "docs/architecture.md: no arrow gateway --> utility, but gateway imports from utility" in [
        *wrong_in_drawing(shown, arrows_of(import_graph(house, [COMPONENT])))
    ]
    shown["gateway"].add("utility")
    shown["garden"] = set()
    assert [*wrong_in_drawing(shown, arrows)] == [
        "docs/architecture.md: garden is drawn, but there is no such room",
        "docs/architecture.md: an arrow gateway --> utility, but gateway imports nothing from it, or by others too",
    ]
    assert [*wrong_in_drawing({}, arrows)] == ["docs/architecture.md has no drawing; --draw makes one"]


def test_what_others_connect_anyway_is_not_drawn() -> None:
    arrows = {"hub": {"gateway", "procedures", "esi"}, "procedures": {"gateway", "utility"}, "gateway": {"esi"}}
    assert fewest(arrows) == {"hub": {"procedures"}, "procedures": {"gateway", "utility"}, "gateway": {"esi"}}


def test_what_grows_too_large_is_told(tmp_path: Path) -> None:
    _write(
        tmp_path,
        {
            **{f"{HAN}/platform_{number}.py": "" for number in range(28)},
            **{f"{HAN}/vehicles/one_{number}.py": "" for number in range(36)},
            f"{HAN}/hub/long.py": "A = 1\n" * 500,
            "simulator/big.py": "class Big:\n" + "    A = 1\n" * 299,
        },
    )
    assert not list(too_large(tmp_path))
    _write(
        tmp_path,
        {
            f"{HAN}/one_more.py": "",
            f"{HAN}/vehicles/one_more.py": "",
            f"{HAN}/hub/long.py": "A = 1\n" * 501,
            "simulator/big.py": "class Big:\n" + "    A = 1\n" * 300,
        },
    )
    assert [*too_large(tmp_path)] == [
        f"{HAN}: 29 files at the top, more than 28",
        f"{HAN}/vehicles: 37 files in one folder, more than 36",
        f"{HAN}/hub/long.py: 501 lines, more than 500",
        "simulator/big.py: class Big has 301 lines, more than 300",
    ]


def test_who_asks_over_http_by_themselves_is_told(house: Path) -> None:
    assert not list(asking_elsewhere(house))
    source = """
async def ask(session, self, hass, request):
    await session.get("https://a.example")
    async with self._session.post("https://a.example") as response:
        await response.json()
    await async_get_clientsession(hass).request("GET", "https://a.example")
    await request.content.read()
    await self._registers.read()
    await hass.services.async_call("switch", "turn_on", blocking=True)
"""
    _write(house, {f"{HAN}/account/asks.py": source})
    assert sorted(line.split(":")[1] for line in asking_elsewhere(house)) == ["3", "4", "5", "6", "7", "9"]


def test_docstring_that_its_constant_has_left_is_told(house: Path) -> None:
    assert not list(about_nothing(house))
    source = '"""A file."""\n\nKEPT = 1\n"""What is kept."""\n"""What has moved away."""\n'
    _write(house, {f"{HAN}/account/is_left.py": source})
    assert [line.split(":")[1] for line in about_nothing(house)] == ["5"]


def test_no_two_files_of_tests_have_one_name() -> None:
    """Their folders are no packages: pytest would take the second for the first, and end."""
    names = sorted(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert sorted({*names}) == names
