"""The simulated VTN keeps to openadr3.yaml."""

import asyncio
import copy
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.vtn.document import DOCUMENT
from tests.helpers.simulated_vtn import SimulatedVtn

pytestmark = pytest.mark.simulator_only("is about the simulator: what it says keeps to openadr3.yaml")

# A request that is right in form may still be refused for what it asks.
LEFT_OUT = "positive_data_acceptance"


def mended(document: Any) -> Any:
    """The document without what contradicts itself or the Definition, so that an answer can keep to it at all."""
    made = copy.deepcopy(document)
    schemas, responses = made["components"]["schemas"], "#/components/responses/"
    # objectType is one of objectTypes in what the VTN says, and tells the roles apart in what it is sent: not both.
    for kind, request in (("ven", "BlVenRequest"), ("resource", "BlResourceRequest")):
        said = copy.deepcopy(schemas[request])
        del said["properties"]["objectType"]
        said["required"].remove("objectType")
        schemas[kind]["allOf"][1] = said
    # It has a stray minus behind null.
    schemas["BlVenRequest"]["properties"]["targets"]["default"] = None
    for path, item in made["paths"].items():
        for method in {"get", "put", "post", "delete"} & set(item):
            # A token is asked for everywhere ("Bearer tokens": Unauthorized if invalid or expired).
            if "security" in item[method]:
                item[method]["responses"].setdefault("401", {"$ref": f"{responses}unauthorized"})
        if path == "/vens":
            # "Response Codes and Errors": POST 409, item already exists; venName is unique to a VTN ("Object names").
            item["post"]["responses"]["409"] = {"$ref": f"{responses}conflict"}
    # "Required and optional properties": optional fields are generally nullable.
    for schema in [*schemas.values()]:
        _make_optional_nullable(schema)
    return made


def _make_optional_nullable(schema: Any) -> None:
    for name, value in schema.get("properties", {}).items():
        if name not in schema.get("required", ()) and "nullable" not in value:
            kept = dict(value)
            value.clear()
            value.update({"nullable": True, "allOf": [kept]})
            _make_optional_nullable(kept)
            _make_optional_nullable(kept.get("items", {}))
        else:
            _make_optional_nullable(value)
            _make_optional_nullable(value.get("items", {}))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ["ven", "bl"])
async def test_vtn_keeps_to_the_document(simulated_vtn: SimulatedVtn, role: str, tmp_path: Path) -> None:
    document = tmp_path / "openadr3.yaml"
    document.write_text(yaml.safe_dump(mended(yaml.safe_load(DOCUMENT.read_text()))))
    token = await simulated_vtn.token(await simulated_vtn.client(role))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "schemathesis.cli", "run", str(document),
        "--url", simulated_vtn.url, "--tls-verify", str(simulated_vtn.ca),
        "--header", f"Authorization: Bearer {token['access_token']}",
        "--checks", "all", "--exclude-checks", LEFT_OUT, "--exclude-path", "/auth/token",
        "--mode", "all", "--max-examples", "4", "--seed", "1", "--no-color", "--generation-database", "none",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()[-6000:]
