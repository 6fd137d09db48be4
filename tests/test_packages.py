"""What scripts install of the machine's own packages, and what becomes of it where that fails: ``script/packages``."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
_APT = """#!/bin/sh
echo "$DEBIAN_FRONTEND $*" >> "$0.log"
case " $* " in *" update "*) exit {update} ;; *) exit {install} ;; esac
"""
_SUDO = '#!/bin/sh\n[ "$1" = -n ] && shift\nexec /usr/bin/env -i PATH="$PATH" "$@"\n'
_SCRIPT = """
set -euo pipefail
say() { echo "test: $*"; }
. script/packages
install_packages one two %s
say "went on"
"""


def installed(folder: Path, *, update: int = 0, install: int = 0, otherwise: str = "") -> tuple[int, str, list[str]]:
    """Have two packages installed by somebody who is not root; return how that ended, what was said, and asked of apt.

    ``update`` and ``install`` are how apt ends, ``otherwise`` is what the script does where it fails.
    """
    programs = {"apt-get": _APT.format(update=update, install=install), "sudo": _SUDO, "id": "#!/bin/sh\necho 1000\n"}
    for name, text in programs.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return _run(folder, otherwise)


def _run(folder: Path, otherwise: str = "") -> tuple[int, str, list[str]]:
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run(  # noqa: S603
        [bash, "-c", _SCRIPT % otherwise],
        cwd=ROOT,
        env={"PATH": f"{folder}:{os.environ['PATH'] if (folder / 'apt-get').exists() else ''}"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    log = folder / "apt-get.log"
    return done.returncode, done.stdout, log.read_text().splitlines() if log.exists() else []


@pytest.mark.parametrize("update", [0, 100], ids=["lists are updated", "lists cannot be updated"])
def test_packages_are_installed_from_the_lists_that_there_are(tmp_path: Path, update: int) -> None:
    """One source of several that is broken ended ``script/setup``, though Chromium was in another."""
    ended, said, asked = installed(tmp_path, update=update)
    assert (ended, "went on" in said) == (0, True)
    assert [each.split()[0] for each in asked] == ["noninteractive"] * 2, "sudo drops the environment"
    assert asked[1].endswith("install -y --no-install-recommends one two")


def test_what_cannot_be_installed_ends_who_needs_it_and_nobody_else(tmp_path: Path) -> None:
    assert installed(tmp_path, install=100)[:2] == (100, "test: installing one two\n")
    ended, said, _ = installed(tmp_path, install=100, otherwise='|| say "without it"')
    assert (ended, said.splitlines()[1:]) == (0, ["test: without it", "test: went on"])


def test_machine_without_apt_says_what_is_to_be_installed_by_hand(tmp_path: Path) -> None:
    ended, said, _ = _run(tmp_path)
    assert (ended, said) == (1, "test: please install: one two\n")
