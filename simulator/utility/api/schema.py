"""docs/utility-api.yaml: the operations it has, and whether a request is as it says."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.protocols import Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from simulator.utility.problems import ProblemError

_FILE = Path(__file__).parents[3] / "docs" / "utility-api.yaml"
_URI = "urn:utility-api"
_METHODS = ("get", "put", "post", "delete", "patch")
_FORMATS = FormatChecker(formats=())
_DATE_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?"
    r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)


@_FORMATS.checks("date-time")
def is_date_time(value: object) -> bool:
    """Whether it is a time of RFC 3339, leap seconds included."""
    if not isinstance(value, str):
        return True
    if (found := _DATE_TIME.fullmatch(value)) is None:
        return False
    year, month, day = (int(part) for part in found.groups()[:3])
    # The calendar repeats every 400 years, and Python's has no year 0.
    return 1 <= month <= 12 and 1 <= day <= monthrange(year % 400 + 2000, month)[1]


@dataclass(frozen=True, slots=True)
class _Checked:
    name: str
    where: str
    required: bool
    is_integer: bool
    validator: Validator


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document; ``path`` begins at the API's base."""

    id: str
    method: str
    path: str
    open: bool
    """Whether it needs no token."""
    keyed: bool
    """Whether it takes an idempotency key."""
    always: bool
    """Whether a customer whose account is suspended may do it: it is how they are helped."""
    parameters: tuple[_Checked, ...]
    body: Validator | None

    def check(self, where: str, values: Mapping[str, str]) -> dict[str, Any]:
        """The parameters of ``where`` (path, query, header) once they are as the document says."""
        found: dict[str, Any] = {}
        known = {parameter.name.lower() for parameter in self.parameters if parameter.where == where}
        if where == "query" and (unknown := {name.lower() for name in values} - known):
            raise ProblemError("invalid-request", f"unknown query parameter {min(unknown)}")
        for parameter in self.parameters:
            if parameter.where != where:
                continue
            if (text := values.get(parameter.name)) is None:
                if parameter.required:
                    raise ProblemError("invalid-request", f"{where} parameter {parameter.name} is missing")
                continue
            value: Any = text
            if parameter.is_integer:
                if not re.fullmatch(r"-?[0-9]{1,9}", text):
                    raise ProblemError("invalid-request", f"{where} parameter {parameter.name} is no integer")
                value = int(text)
            _validate(parameter.validator, value, f"{where} parameter {parameter.name}")
            found[parameter.name] = value
        return found

    def check_body(self, value: Any) -> None:
        """Raise ``ProblemError`` unless the body is as the document says."""
        if self.body is not None:
            _validate(self.body, value, "body")


def _validate(validator: Validator, value: Any, what: str) -> None:
    error = next(iter(validator.iter_errors(value)), None)
    if error is not None:
        place = "/".join(map(str, error.absolute_path))
        raise ProblemError("invalid-request", f"{what}{f' at {place}' if place else ''}: {error.message}"[:300])


def openapi(file: Path) -> Any:
    """Return an OpenAPI document of ours, read by libyaml where PyYAML has it: each start of a simulator reads two."""
    return yaml.load(file.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506


@cache
def _document() -> tuple[Any, Registry[Any]]:
    document = openapi(_FILE)
    resource: Resource[Any] = Resource.from_contents(document, default_specification=DRAFT202012)
    return document, Registry().with_resource(_URI, resource)


def check_component(name: str, value: Any) -> None:
    """Raise ``ProblemError`` unless a value is as the document's schema ``name`` says."""
    document, registry = _document()
    schema = _absolute(document["components"]["schemas"][name])
    _validate(Draft202012Validator(schema, registry=registry, format_checker=_FORMATS), value, name)


@cache
def operations() -> tuple[Operation, ...]:
    """All operations of the document."""
    document, registry = _document()
    return tuple(
        _operation(document, registry, path, method)
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item
    )


def _operation(document: Any, registry: Registry[Any], path: str, method: str) -> Operation:
    item = document["paths"][path]
    described = item[method]
    parameters = []
    for parameter in [*item.get("parameters", ()), *described.get("parameters", ())]:
        while "$ref" in parameter:
            parameter = _at(document, parameter["$ref"])  # noqa: PLW2901 - follows the reference
        schema = _absolute(parameter["schema"])
        parameters.append(
            _Checked(
                parameter["name"],
                parameter["in"],
                parameter.get("required", False),
                parameter["schema"].get("type") == "integer",
                Draft202012Validator(schema, registry=registry, format_checker=_FORMATS),
            )
        )
    body = None
    if "requestBody" in described:
        schema = _absolute(described["requestBody"]["content"]["application/json"]["schema"])
        body = Draft202012Validator(schema, registry=registry, format_checker=_FORMATS)
    return Operation(
        id=described["operationId"],
        method=method.upper(),
        path=path,
        open=described.get("security") == [],
        keyed=any(parameter.name == "Idempotency-Key" for parameter in parameters),
        always=method == "get" or "service" in described["tags"],
        parameters=tuple(parameters),
        body=body,
    )


def _at(document: Any, reference: str) -> Any:
    node = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def _absolute(schema: Any) -> Any:
    """The schema with references into the document made absolute, and patterns as Python has them.

    ECMA 262's $ is the end; Python's also matches before a last newline.
    """
    if isinstance(schema, list):
        return [_absolute(value) for value in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _absolute(value) for key, value in schema.items()}
    if isinstance(reference := schema.get("$ref"), str):
        made["$ref"] = _URI + reference
    if isinstance(pattern := schema.get("pattern"), str):
        made["pattern"] = re.sub(r"\$$", r"\\Z", pattern)
    return made
