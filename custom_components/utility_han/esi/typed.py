"""Reads what was stored, by this version or another, and what others answer: by the types that are stated for it.

What is there besides is left out, what is missing gets the field's default where that is honest, and anything else
ends in one kind of error, which names what could not be read and never its value.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, TypeAliasType, Union, get_args, get_origin, get_type_hints

YEARS = range(1970, 3000)
"""Of times that others tell: in another year one may be none any more once it is told in another time zone."""

type _Reader = Callable[[Any, str], Any]


class UnreadableRecordError(ValueError):
    """A record that cannot be read; ``where`` says which part of it, ``why`` what is wrong there."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


def read_record[T](kind: type[T], data: Any, *, needs: Collection[str] = (), **given: Any) -> T:
    """Return the ``kind`` (a dataclass) that ``data`` was stored of.

    ``needs`` are fields that have a default for what is new, and of what was stored must be there all the same.
    ``given`` are fields read by the caller.
    """
    of: Any = kind
    if isinstance(data, list) and data:
        # Kept without names, to save space.
        data = dict(zip((field.name for field in _fields(of)), data, strict=False))
    if not isinstance(data, Mapping):
        raise UnreadableRecordError(kind.__name__, "no record")
    readers, read = _readers(of), {}
    for field in _fields(of):
        reader, where = readers[field.name]
        if field.name in given:
            read[field.name] = reader(given[field.name], where)
        elif field.name in data:
            read[field.name] = reader(data[field.name], where)
        elif field.name in needs or (field.default is MISSING and field.default_factory is MISSING):
            raise UnreadableRecordError(where, "missing")
    return kind(**read)


def read_value(kind: Any, value: Any, where: str) -> Any:
    """Return the value of type ``kind`` that ``value`` was stored of; ``where`` names it for people."""
    return _reader(kind)(value, where)


def _reader(kind: Any) -> _Reader:
    """Return what reads values of a type, which is looked into once."""
    if isinstance(kind, TypeAliasType):
        kind = kind.__value__
    if kind is Any:
        return _as_it_is
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _any_of(arguments)
    if origin is not None:
        return _collection(origin, arguments)
    return partial(_nested if is_dataclass(kind) else _plain, kind)


@cache
def _readers(kind: Any) -> dict[str, tuple[_Reader, str]]:
    """Return of each field of a dataclass what reads it, and its name for people."""
    # Of a dataclass, not of any type: unions are equal however they are ordered, and are read in their order.
    return {name: (_reader(hint), f"{kind.__name__}.{name}") for name, hint in get_type_hints(kind).items()}


def _as_it_is(value: Any, _where: str) -> Any:
    return value


@cache
def _fields(kind: Any) -> tuple[Field[Any], ...]:
    return tuple(field for field in fields(kind) if field.init)


def plain(value: Any) -> Any:
    """Return records made of dictionaries, lists and times as JSON knows them."""
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value


def _wrong(where: str, kind: Any) -> UnreadableRecordError:
    return UnreadableRecordError(where, f"no {getattr(kind, '__name__', kind)}")


def _any_of(kinds: Collection[Any]) -> _Reader:
    readers = [_reader(kind) for kind in kinds]
    none_is_none = NoneType in kinds and not any(_may_take_none(kind) for kind in kinds)

    def read(value: Any, where: str) -> Any:
        if value is None and none_is_none:
            return None
        deeper: UnreadableRecordError | None = None
        for reader in readers:
            try:
                return reader(value, where)
            except UnreadableRecordError as err:
                if err.where != where:
                    deeper = err
        raise deeper or _wrong(where, " or ".join(getattr(kind, "__name__", str(kind)) for kind in kinds))

    return read


def _may_take_none(kind: Any) -> bool:
    """Whether a type may make something of None: one that is no class, that reads itself, or an enumeration."""
    if not isinstance(kind, type):
        return True
    reads_itself = hasattr(kind, "from_dict") or hasattr(kind, "from_json")
    return kind is object or reads_itself or issubclass(kind, Enum)


def _collection(kind: Any, arguments: tuple[Any, ...]) -> _Reader:
    of = [_reader(argument) for argument in arguments if argument is not ...]

    def mapping(value: Any, where: str) -> Any:
        if not isinstance(value, Mapping):
            raise _wrong(where, kind)
        of_key, of_value = of
        return {of_key(key, where): of_value(each, where) for key, each in value.items()}

    def alike(value: Any, where: str) -> Any:
        if not isinstance(value, list | tuple):
            raise _wrong(where, kind)
        read = [of[0](each, where) for each in value]
        return tuple(read) if kind is tuple else read

    def each_its_own(value: Any, where: str) -> Any:
        if not isinstance(value, list | tuple) or len(value) != len(of):
            raise _wrong(where, kind)
        return tuple(reader(each, where) for reader, each in zip(of, value, strict=True))

    if issubclass(kind, Mapping):
        return mapping
    return alike if kind is not tuple or arguments[1:] == (...,) else each_its_own


def _nested(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, kind):
        # One that is stored in a form of its own reads itself.
        read = getattr(kind, "from_dict", None) or getattr(kind, "from_json", None)
        try:
            value = read(value) if read is not None else read_record(kind, value)
        except UnreadableRecordError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as err:
            raise _wrong(where, kind) from err
    for name, (reader, where_it_is) in _readers(kind).items():
        reader(getattr(value, name), where_it_is)
    return value


def _plain(kind: Any, value: Any, where: str) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    try:
        if issubclass(kind, Enum):
            return kind(value)
        if isinstance(value, str) and issubclass(kind, datetime):
            return datetime.fromisoformat(value)
        if isinstance(value, str) and issubclass(kind, Decimal):
            return Decimal(value)
    except (ValueError, InvalidOperation) as err:
        raise _wrong(where, kind) from err
    raise _wrong(where, kind)
