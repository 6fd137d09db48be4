"""The release, installed as HACS does into an empty configuration: it runs on its own, and commissions over the wire.

Where ``HOME_ASSISTANT_PYTHON`` names the Python of another Home Assistant, it is installed there: see
``script/home-assistant``.
"""

import json
import subprocess
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from script import releasing
from script.demo_home import joining
from script.demo_home.check import commission, readings
from script.demo_home.home import PYTHON, Home, free_port
from script.demo_home.simulator import Simulator

pytestmark = [pytest.mark.timeout(600)]
# What of this checkout could be imported by mistake.
OURS = ("bench", "script", "simulator", "tests")


def install(folder: Path) -> Path:
    """Have HACS' way of installing done: the archive unpacked into the folder that it makes for the integration."""
    archive = folder.with_name("utility_han.zip")
    releasing.pack(archive)
    component = folder / "custom_components" / "utility_han"
    component.mkdir(parents=True)
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(component)
    return component


@pytest.fixture
async def installed(tmp_path: Path) -> AsyncIterator[Home]:
    """An empty Home Assistant with nothing of the checkout but the release; it may install nothing by the network."""
    home = Home(tmp_path / "config", free_port(), installed=True)
    home.child.environment |= {"UV_OFFLINE": "1", "PYTHONPATH": ""}
    install(home.folder)
    yield home
    await home.stop()


def test_release_is_whole_and_the_same_each_time(tmp_path: Path) -> None:
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    for archive in (one, two):
        releasing.pack(archive)
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as packed:
        names = packed.namelist()
        manifest = json.loads(packed.read("manifest.json"))
    assert manifest["domain"] == "utility_han"
    assert {
        "__init__.py",
        "config_flow.py",
        "translations/de.json",
        "brand/logo.png",
        "www/home.js",
        "LICENSE",
    } <= set(names)
    assert not [name for name in names if name.endswith((".pyc", ".ts")) or name.startswith(("/", ".."))]


def test_nothing_of_the_checkout_is_on_its_path(tmp_path: Path) -> None:
    component = install(tmp_path / "config")
    asked = "import importlib.util as i, sys; print([name for name in sys.argv[1:] if i.find_spec(name)])"
    found = subprocess.run(  # noqa: S603
        [PYTHON, "-P", "-c", asked, *OURS], cwd=component.parent.parent, check=True, capture_output=True, text=True
    )
    assert found.stdout.strip() == "[]"


def assert_at_ease(home: Home) -> None:
    """Look for what Home Assistant's log has against the integration."""
    assert "/utility_han/" not in home.child.tail(10_000), "a traceback of ours"
    assert home.misuse() == []


@pytest.mark.use_case("IP-1", "IP-10")
async def test_commissions_on_its_own(installed: Home, simulator: Simulator) -> None:
    await installed.start()
    entry = await commission(installed, simulator.gateway)
    assert entry["domain"] == "utility_han"
    assert len(await readings(installed, entry["entry_id"])) == 3  # power, from the grid, to the grid
    # What it offers everywhere comes from its own files too.
    assert "utility_han" in {each["domain"] for each in await installed.get("/api/services")}
    manifest = await installed.ws("manifest/get", integration="utility_han")
    assert (manifest["is_built_in"], manifest["version"]) == (False, released_version())
    assert_at_ease(installed)


@pytest.mark.use_case("IP-1", "IP-6", "IP-10")
@pytest.mark.parametrize("simulator", [("--zigbee",)], indirect=True)
async def test_commissions_over_a_radio_on_its_own(installed: Home, simulator: Simulator) -> None:
    await installed.start()
    await joining.permit(simulator)
    entry = await commission(installed, simulator.gateway, joining.answers(simulator.gateway))
    assert await readings(installed, entry["entry_id"])
    # What this Home Assistant has of a radio's libraries is not beyond what we were tried with.
    issues = await installed.ws("repairs/list_issues")
    assert [each["issue_id"] for each in issues["issues"] if each["domain"] == "utility_han"] == []
    assert_at_ease(installed)


@pytest.mark.parametrize(
    "word",
    [
        "Detected that custom integration 'utility_han' calls hass.something at custom_components/utility_han/x.py",
        "Detected blocking call to open inside the event loop by custom integration 'utility_han' at x.py, line 1",
    ],
)
def test_what_home_assistant_has_against_it_is_found(tmp_path: Path, word: str) -> None:
    home = Home(tmp_path / "config", free_port())
    log = "We found a custom integration utility_han which has not been tested by Home Assistant.\n"
    home.child.log.parent.mkdir()
    home.child.log.write_text(log)
    assert home.misuse() == []
    home.child.log.write_text(log + word)
    assert home.misuse() == [word]


def released_version() -> str:
    """The version of the integration's manifest, which is the only place of it."""
    return str(json.loads((releasing.ROOT / releasing.COMPONENT / "manifest.json").read_text())["version"])


def test_what_must_not_be_published_is_refused() -> None:
    home = "https://github.com/somebody/here"
    manifest = {
        "version": "1.2.3",
        "codeowners": ["@somebody"],
        "documentation": home,
        "issue_tracker": f"{home}/issues",
    }
    new = {"1.2.3": "New."}
    assert list(releasing.reasons_against("v1.2.3", manifest, new, "somebody/here")) == []
    (tag,) = releasing.reasons_against("v1.2.4", manifest, new, "somebody/here")
    assert "1.2.4" in tag
    (owner,) = releasing.reasons_against("v1.2.3", {**manifest, "codeowners": []}, new, "somebody/here")
    assert "code owner" in owner
    addresses = list(releasing.reasons_against("v1.2.3", manifest, new, "somebody/her"))
    assert [each.split()[0] for each in addresses] == ["documentation", "issue_tracker"]
    (changes,) = releasing.reasons_against("v1.2.3", manifest, {"Unreleased": "New."}, "somebody/here")
    assert "CHANGELOG" in changes
