"""Writes what a release is made of, and what Home Assistant installs with it, as CycloneDX; see ``script/sbom``.

CycloneDX 1.5 (ECMA-424), JSON. Python's packages come from ``uv export`` of the lock, cut to what the requirements in
``manifest.json`` lead to; what is built into ``www/home.js`` comes from ``frontend/package-lock.json``. It has neither
time nor serial number, so that it is the same bytes whoever writes it.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).parent.parent
_NAME = re.compile(r"[\w.-]+")
_ALGORITHMS = {"sha512": "SHA-512", "sha384": "SHA-384", "sha256": "SHA-256", "sha1": "SHA-1"}


def bill_of_materials(archive: Path) -> dict[str, Any]:
    """Return the document about an archive that ``script/release`` packed; ``CalledProcessError`` where uv fails."""
    manifest = json.loads((ROOT / "custom_components" / "utility_han" / "manifest.json").read_text())
    release = {
        "type": "application",
        "bom-ref": manifest["domain"],
        "name": manifest["domain"],
        "version": manifest["version"],
        "licenses": [{"license": {"id": "Apache-2.0"}}],
        "hashes": [{"alg": "SHA-256", "content": sha256(archive.read_bytes()).hexdigest()}],
    }
    wanted = [_normal(_NAME.match(each)[0]) for each in manifest["requirements"]]  # type: ignore[index]
    python, leads_to, first = _python(wanted)
    built_in, of_page, page = _built_in(json.loads((ROOT / "frontend" / "package-lock.json").read_text()))
    graph = {manifest["domain"]: [*first, *page], **leads_to, **of_page}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": release},
        "components": sorted([*python, *built_in], key=lambda each: str(each["bom-ref"])),
        "dependencies": [{"ref": ref, "dependsOn": sorted(refs)} for ref, refs in sorted(graph.items())],
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


type _Parts = tuple[list[dict[str, Any]], dict[str, list[str]], list[str]]
"""Components; for each reference what it leads to; the references to begin with."""


def _python(wanted: Iterable[str]) -> _Parts:
    path = os.pathsep.join((str(ROOT / ".tools" / "uv" / "bin"), os.environ.get("PATH", os.defpath)))
    uv = shutil.which("uv", path=path)
    if uv is None:
        raise FileNotFoundError("uv is not installed: script/setup does it")
    told = subprocess.run(  # noqa: S603
        [uv, "export", "--format", "cyclonedx1.5", "--frozen", "--all-groups", "--quiet", "--preview"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    document = json.loads(told.stdout)
    names = {each["bom-ref"]: each for each in document["components"]}
    leads_to = {each["ref"]: each.get("dependsOn", []) for each in document["dependencies"]}
    first = [ref for ref, each in names.items() if _normal(each["name"]) in set(wanted)]
    reached: set[str] = set()
    ahead = list(first)
    while ahead:
        if (ref := ahead.pop()) not in reached:
            reached.add(ref)
            ahead += leads_to.get(ref, [])
    # uv numbers its references, by a lock of which only a part is here.
    refs = {ref: names[ref]["purl"] for ref in reached}
    components = [{**names[ref], "bom-ref": refs[ref]} for ref in reached]
    graph = {refs[ref]: [refs[each] for each in leads_to.get(ref, [])] for ref in reached}
    return components, graph, [refs[ref] for ref in first]


def _built_in(lock: Mapping[str, Any]) -> _Parts:
    packages = {path.rpartition("node_modules/")[2]: each for path, each in lock["packages"].items() if path}
    built_in = {name: each for name, each in packages.items() if not each.get("dev")}
    refs = {name: f"pkg:npm/{quote(name, safe='/')}@{each['version']}" for name, each in built_in.items()}
    components = [
        {
            "type": "library",
            "bom-ref": refs[name],
            "name": name,
            "version": each["version"],
            "purl": refs[name],
            "hashes": [_hash(each["integrity"])],
        }
        for name, each in built_in.items()
    ]
    graph = {refs[name]: [refs[to] for to in each.get("dependencies", {})] for name, each in built_in.items()}
    return components, graph, [refs[name] for name in lock["packages"][""]["dependencies"]]


def _hash(integrity: str) -> dict[str, str]:
    """Turn a hash as npm writes it (W3C Subresource Integrity) into CycloneDX's."""
    algorithm, _, digest = integrity.partition("-")
    return {"alg": _ALGORITHMS[algorithm], "content": b64decode(digest).hex()}


def main() -> int:
    """Write it beside the archive, and say where it is."""
    parser = argparse.ArgumentParser(prog="script/sbom")
    parser.add_argument("archive", nargs="?", type=Path, default=ROOT / "artifacts" / "utility_han.zip")
    archive: Path = parser.parse_args().archive
    if not archive.exists():
        print(f"{archive} is not there: script/release packs it", file=sys.stderr)
        return 1
    to = archive.with_suffix(".cdx.json")
    to.write_text(json.dumps(bill_of_materials(archive), indent=1) + "\n")
    print(to.relative_to(ROOT) if to.is_relative_to(ROOT) else to)
    return 0


if __name__ == "__main__":
    sys.exit(main())
