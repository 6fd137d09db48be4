"""What input is made of: documents that are right, spoilt in one or more places."""

import copy
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from hypothesis import strategies as st

_ODD: tuple[Any, ...] = (
    None, True, 0, -1, 7, 10**18, 2**70, 1.5, float("nan"), "", "7", "\ud800", "²", "x" * 70_000, [], [7], {},
    "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2026-01-01", "1e999999", "NaN", "../../etc/passwd",
)  # fmt: skip
"""What a field may hold in place of what it should."""


def _places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _places(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _places(inner, (*path, number))


def _replaced(value: Any, path: Sequence[str | int], make: Callable[[Any, str | int], Any]) -> Any:
    """Return a copy in which ``make`` did something to the place that ``path`` leads to, in what holds it."""
    if not path:
        return make([value], 0)[0]
    found = copy.deepcopy(value)
    holder = found
    for step in path[:-1]:
        holder = holder[step]
    make(holder, path[-1])
    return found


def spoilt_values(value: Any) -> Iterator[Any]:
    """Yield a JSON value with each of its places removed, and in turn with everything odd in it."""
    for path in _places(value):
        if path:
            yield _replaced(value, path, _remove)
        for odd in _ODD:
            yield _replaced(value, path, partial(_put, odd))


def _remove(holder: Any, at: Any) -> Any:
    del holder[at]
    return holder


def _put(odd: Any, holder: Any, at: Any) -> Any:
    holder[at] = odd
    return holder


@st.composite
def spoilt_json(draw: st.DrawFn, value: Any) -> Any:
    """Draw a JSON value that is spoilt in several places, with anything at all."""
    anything = st.recursive(
        st.sampled_from(_ODD) | st.integers() | st.text(max_size=20) | st.floats(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=6,
    )
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(_places(value))))
        odd = draw(anything)
        value = _replaced(value, path, partial(_put, odd))
    return value


@st.composite
def spoilt_bytes(draw: st.DrawFn, seeds: Sequence[bytes], tokens: Sequence[bytes]) -> bytes:
    """Draw one of ``seeds`` with pieces left out, repeated, exchanged, and ``tokens`` put in."""
    found = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(found)))
        end = min(begin + draw(st.integers(0, 40)), len(found))
        piece = draw(
            st.sampled_from(tokens) | st.binary(max_size=12) | st.just(found[begin:end] * draw(st.integers(0, 3)))
        )
        found = found[:begin] + piece + found[end:]
    return found[: draw(st.just(len(found)) | st.integers(0, len(found)))]


@st.composite
def spoilt_text(draw: st.DrawFn, seeds: Sequence[str], tokens: Sequence[str]) -> str:
    """Draw the same of text."""
    raw = draw(spoilt_bytes([seed.encode() for seed in seeds], [token.encode() for token in tokens]))
    return raw.decode(errors="replace") + draw(st.just("") | st.text(max_size=6))
