"""Packs the integration for a release; see ``script/release``.

HACS unpacks the archive into ``custom_components/utility_han`` (``zip_release`` and ``filename`` of ``hacs.json``,
hacs.xyz, *Publish*), so that the component's files are at its top. It holds what Git has of them and the licence, of
which everybody gets a copy (Apache-2.0, 4), and is the same bytes whoever packs it.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
COMPONENT = Path("custom_components", "utility_han")
_OLDEST = (1980, 1, 1, 0, 0, 0)
"""The time of every file: the oldest that a ZIP can have."""
_SECTION = re.compile(r"^## (\S+)[^\n]*\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def pack(archive: Path) -> None:
    """Write the archive anew; ``CalledProcessError`` where this is no Git checkout."""
    listed = subprocess.run(  # noqa: S603
        ["git", "ls-files", "-z", "--", COMPONENT.as_posix(), "LICENSE"],  # noqa: S607
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name in sorted(filter(None, listed.stdout.split("\0"))):
            path = Path(name)
            within = path.relative_to(COMPONENT) if path.is_relative_to(COMPONENT) else path
            info = zipfile.ZipInfo(within.as_posix(), _OLDEST)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            packed.writestr(info, (ROOT / name).read_bytes())


def reasons_against(
    tag: str, manifest: Mapping[str, Any], sections: Mapping[str, str], repository: str
) -> Iterator[str]:
    """Yield why this must not be published under ``tag``, in words; ``sections`` are the changelog's by version.

    ``repository`` is the one on GitHub that publishes it, as owner/name.
    """
    version = manifest["version"]
    if tag != f"v{version}":
        yield f"the tag is {tag}, and the version in manifest.json is {version}: it is tagged v{version}"
    if not manifest["codeowners"]:
        yield "manifest.json names no code owner: whoever publishes it writes @ and their GitHub name there"
    home = f"https://github.com/{repository}"
    for key in ("documentation", "issue_tracker"):
        if manifest[key] != home and not manifest[key].startswith(f"{home}/"):
            yield f"{key} in manifest.json is {manifest[key]}, and it is published from {home}: it has to lead there"
    if version not in sections:
        yield f"CHANGELOG.md has no section for {version}: its first line is ## {version}"


def main() -> int:
    """Pack, and say what was packed; 1 where it must not be published."""
    parser = argparse.ArgumentParser(prog="script/release")
    parser.add_argument("--publish", metavar="TAG", help="refuse what must not be published under this tag")
    tag = parser.parse_args().publish
    artifacts = ROOT / "artifacts"
    archive = artifacts / json.loads((ROOT / "hacs.json").read_text())["filename"]
    pack(archive)
    print(archive.relative_to(ROOT))
    if tag is None:
        return 0
    manifest = json.loads((ROOT / COMPONENT / "manifest.json").read_text())
    sections = dict(_SECTION.findall((ROOT / "CHANGELOG.md").read_text()))
    against = list(reasons_against(tag, manifest, sections, os.environ.get("GITHUB_REPOSITORY", "")))
    for reason in against:
        print(reason, file=sys.stderr)
    if not against:
        (artifacts / "notes.md").write_text(sections[manifest["version"]].strip() + "\n")
    return bool(against)


if __name__ == "__main__":
    sys.exit(main())
