"""The gate of coverage: what is below what is wanted fails, be it by one line of a dialog."""

import subprocess
import sys
from pathlib import Path

import pytest
from coverage import Coverage

from script import check_coverage


@pytest.mark.parametrize(
    ("name", "missed", "said"),
    [
        ("flow/page.py", 0, ""),
        ("flow/page.py", 1, "config and subentry flows: 99.67 %"),
        ("manager.py", 20, "manager.py"),
        ("manager.py", 20, "wanted 95 of each module"),
    ],
)
def test_what_is_missed_fails(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    missed: int,
    said: str,
) -> None:
    lines = 200 if missed > 1 else 300
    module, others = tmp_path / name, tmp_path / "others.py"
    module.parent.mkdir(exist_ok=True)
    module.write_text("a = 1\n" * lines + ("def never():\n" + "    a = 3\n" * missed if missed else ""))
    others.write_text("a = 1\n" * 5_000)
    kept = tmp_path / "kept"
    for each in (module, others):
        ran = [
            sys.executable,
            "-m",
            "coverage",
            "run",
            "--append",
            "--branch",
            f"--data-file={kept}",
            "--rcfile=/dev/null",
        ]
        subprocess.run([*ran, each], check=True)  # noqa: S603
    monkeypatch.setattr(check_coverage, "Coverage", lambda: Coverage(data_file=kept, branch=True, config_file=False))
    assert check_coverage.main() == bool(missed)
    assert said in capsys.readouterr().out
