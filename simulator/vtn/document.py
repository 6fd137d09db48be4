"""openadr3.yaml: the operations it has, and whether a request is as it says.

The document is OpenAPI 3.0.0, whose schemas are not quite those of JSON Schema: ``nullable`` adds null to a type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.protocols import Validator
from multidict import MultiMapping
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from yarl import URL

from simulator.utility.api.schema import is_date_time, openapi
from simulator.vtn.problems import VtnProblemError

DOCUMENT = Path(__file__).parent / "openadr3.yaml"
_URI = "urn:openadr3"
_METHODS = ("get", "put", "post", "delete")
_FORMATS = FormatChecker(formats=())
_FORMATS.checks("date-time")(is_date_time)
_READS: Mapping[str, Any] = {"true": True, "false": False}


@_FORMATS.checks("int32")
def _is_int32(value: object) -> bool:
    """Whether it fits 32 bits with a sign (OpenAPI 3.0.0, "Data Types")."""
    return not isinstance(value, int) or -(2**31) <= value < 2**31


@_FORMATS.checks("uri", raises=ValueError)
def _is_uri(value: object) -> bool:
    """Whether it is an absolute URI (RFC 3986)."""
    return not isinstance(value, str) or (value.isascii() and " " not in value and bool(URL(value).scheme))


@dataclass(frozen=True, slots=True)
class _Checked:
    name: str
    where: str
    required: bool
    kind: str | None
    validator: Validator

    def read(self, texts: list[str]) -> Any:
        """What a parameter says, as its type has it."""
        if self.kind == "array":
            return texts
        if len(texts) > 1:
            raise VtnProblemError(400, f"query parameter {self.name} is there twice")
        (text,) = texts
        if self.kind == "integer" and re.fullmatch(r"-?[0-9]{1,10}", text):
            return int(text)
        return _READS.get(text, text) if self.kind == "boolean" else text


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document."""

    id: str
    method: str
    path: str
    scopes: frozenset[str] | None
    """Any of them allows it; None: it needs no token."""
    answers: frozenset[int]
    """The statuses that the document lists."""
    parameters: tuple[_Checked, ...]
    body: Validator | None
    form: bool
    """Whether its body is a form."""

    def check(self, path: Mapping[str, str], query: MultiMapping[str]) -> dict[str, Any]:
        """The parameters of path and query once they are as the document says."""
        known = {each.name for each in self.parameters if each.where == "query"}
        if unknown := sorted(set(query) - known):
            raise VtnProblemError(400, f"there is no query parameter {unknown[0]}")
        found: dict[str, Any] = {}
        for each in self.parameters:
            texts = query.getall(each.name, []) if each.where == "query" else [path[each.name]]
            if not texts:
                continue
            value = each.read(texts)
            _validate(each.validator, value, f"{each.where} parameter {each.name}")
            found[each.name] = value
        return found

    def check_body(self, value: Any) -> None:
        """Raise ``VtnProblemError`` unless the body is as the document says."""
        if self.body is not None:
            _validate(self.body, value, "the body")


def _validate(validator: Validator, value: Any, what: str) -> None:
    error = next(iter(validator.iter_errors(value)), None)
    if error is not None:
        while error.context:
            error = min(error.context, key=lambda each: (each.validator == "enum", len(each.absolute_path)))
        place = "/".join(map(str, error.absolute_path))
        raise VtnProblemError(400, f"{what}{f' at {place}' if place else ''}: {error.message}"[:300])


@cache
def document() -> Any:
    """The document as it is."""
    return openapi(DOCUMENT)


@cache
def _registry() -> Registry[Any]:
    contents = {"components": {"schemas": _schema(document()["components"]["schemas"])}}
    resource: Resource[Any] = Resource.from_contents(contents, default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource(_URI, resource)
    return registry


def _validator(schema: Any) -> Validator:
    return Draft202012Validator(_schema(schema), registry=_registry(), format_checker=_FORMATS)


def check_component(name: str, value: Any) -> None:
    """Raise ``VtnProblemError`` unless a value is as the document's schema ``name`` says."""
    _validate(_validator({"$ref": f"#/components/schemas/{name}"}), value, name)


def _schema(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema has it, and patterns as Python has them.

    ECMA 262's $ is the end; Python's also matches before a last newline.
    """
    if isinstance(schema, list):
        return [_schema(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _schema(value) for key, value in schema.items()}
    if isinstance(reference := schema.get("$ref"), str):
        made["$ref"] = _URI + reference
    if isinstance(pattern := schema.get("pattern"), str):
        made["pattern"] = re.sub(r"\$$", r"\\Z", pattern)
    if schema.get("nullable") is True and isinstance(schema.get("type"), str):
        made["type"] = [schema["type"], "null"]
    if schema.get("exclusiveMaximum") is True:
        made["exclusiveMaximum"] = made.pop("maximum")
    return made


@cache
def operations() -> tuple[Operation, ...]:
    """All operations of the document."""
    return tuple(
        _operation(path, method, item)
        for path, item in document()["paths"].items()
        for method in _METHODS
        if method in item
    )


def _resolved(schema: Any) -> Any:
    while "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _operation(path: str, method: str, item: Any) -> Operation:
    described = item[method]
    parameters = tuple(
        _Checked(
            each["name"],
            each["in"],
            each.get("required", False),
            _resolved(each["schema"]).get("type"),
            _validator(each["schema"]),
        )
        for each in (*item.get("parameters", ()), *described.get("parameters", ()))
    )
    scopes = None
    if "security" in described:
        scopes = frozenset(scope for each in described["security"] for scopes in each.values() for scope in scopes)
    body = described.get("requestBody")
    kind, content = next(iter(body["content"].items())) if body else ("", None)
    return Operation(
        id=described["operationId"],
        method=method.upper(),
        path=path,
        scopes=scopes,
        answers=frozenset(map(int, described["responses"])),
        parameters=parameters,
        body=_validator(content["schema"]) if content else None,
        form=kind == "application/x-www-form-urlencoded",
    )
