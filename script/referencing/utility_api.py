"""The utility's API as pages to read: from docs/utility-api.yaml (OpenAPI 3.1)."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from .sources import ROOT, joined, table

_HEAD = """\
# The utility's API

Made from [utility-api.yaml](../utility-api.yaml) (OpenAPI 3.1), which tools take. How a utility shows that its own
is right: [For utilities](../utility.md#certify-your-api).
"""
_METHODS = ("get", "post", "put", "patch", "delete")
type _Node = Mapping[str, Any]


def page() -> str:
    """Return the page."""
    api: _Node = yaml.safe_load((ROOT / "docs" / "utility-api.yaml").read_text())
    lines = [_HEAD, api["info"]["description"]]
    for tag in api["tags"]:
        lines += [f"## {tag['name'].capitalize()}", "", *([tag["description"], ""] if "description" in tag else [])]
        for path, item in api["paths"].items():
            for method in _METHODS:
                if tag["name"] in item.get(method, {}).get("tags", ()):
                    lines += _operation(api, f"{method.upper()} {path}", item, item[method])
    lines += ["## Schemas", ""]
    for name, schema in api["components"]["schemas"].items():
        lines += _schema(name, schema)
    return joined(lines)


def _operation(api: _Node, call: str, item: _Node, operation: _Node) -> Iterator[str]:
    yield from (f"### {operation['summary'].rstrip('.')}", "", f"`{call}`", "")
    if description := operation.get("description"):
        yield from (description.strip(), "")
    parameters = [_resolved(api, each) for each in (*item.get("parameters", ()), *operation.get("parameters", ()))]
    yield from table(
        ("parameter", "in", "needed", "what it is"),
        (
            (f"`{each['name']}`", each["in"], "yes" if each.get("required") else "", each.get("description", ""))
            for each in parameters
        ),
    )
    if body := operation.get("requestBody"):
        yield from (f"Body: {_content(_resolved(api, body))}", "")
    yield from table(
        ("answer", "body", "when"),
        (
            (str(status), _content(answer), answer.get("description", ""))
            for status, answer in ((code, _resolved(api, each)) for code, each in operation["responses"].items())
        ),
    )


def _resolved(api: _Node, node: _Node) -> _Node:
    while "$ref" in node:
        found: Any = api
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def _content(node: _Node) -> str:
    return ", ".join(_type(each["schema"]) for each in node.get("content", {}).values() if "schema" in each)


def _schema(name: str, schema: _Node) -> Iterator[str]:
    yield from (f"### {name}", "")
    if description := schema.get("description"):
        yield from (" ".join(description.split()), "")
    if "enum" in schema:
        yield from (", ".join(f"`{each}`" for each in schema["enum"]), "")
    for part in (schema, *schema.get("allOf", ())):
        if "$ref" in part:
            yield from (f"All of {_type(part)}, and:", "")
        needed = part.get("required", ())
        yield from table(
            ("member", "type", "needed", "what it is"),
            (
                (f"`{member}`", _type(about), "yes" if member in needed else "", about.get("description", ""))
                for member, about in part.get("properties", {}).items()
            ),
        )


def _type(schema: _Node) -> str:
    """Return in words what a value is, with a link where it has a name."""
    if "$ref" in schema:
        kind, name = schema["$ref"].removeprefix("#/components/").split("/")
        return f"[{name}](#{name.lower()})" if kind == "schemas" else name
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return " or ".join(map(_type, schema[choice]))
    if "allOf" in schema:
        return " and ".join(map(_type, schema["allOf"]))
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    kinds = schema.get("type", "object")
    named = kinds if isinstance(kinds, str) else " or ".join(kinds)
    if "items" in schema:
        return f"list of {_type(schema['items'])}"
    return f"{named} ({schema['format']})" if "format" in schema else named
