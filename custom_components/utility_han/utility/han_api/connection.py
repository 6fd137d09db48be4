"""Requests to the utility's API, each repeated a few times where that is safe, and its errors.

Every request is safe to repeat, by its nature or by its idempotency key, so what gets lost on the way is repeated a
few times here; what still fails is a :class:`~..errors.UtilityError` and nothing else.

What a utility says of a failure goes into logs and diagnostics, and may have back what it was told: that is taken out.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, override

import aiohttp

from ...esi.typed import UnreadableRecordError
from ..answer import Fields, Readable
from ..asking import ATTEMPTS, MAX_BYTES, TIMEOUT, json_of, repeated, retry_after
from ..errors import UtilityError, UtilityReason, reason_of, reason_of_status
from ..model import Program
from ..request import Answer, ask
from ..vehicle_model import Binding

_PRIVATE = frozenset({"key", "serial", "vin", "guest_account", "install_code"})
"""Fields of requests (docs/utility-api.yaml) that nobody else is to read."""
_VIN = re.compile(r"(?<![A-Z0-9])(?=[A-Z]*[0-9])[A-HJ-NPR-Z0-9]{17}(?![A-Z0-9])", re.IGNORECASE)
_LONGEST = 32 * 1024


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked of the API, whatever the token."""

    method: str
    path: str
    body: dict[str, Any] | None
    query: dict[str, str] | None
    idempotency_key: str | None
    patience: float

    def headers(self, token: str) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if self.idempotency_key is not None:
            headers["Idempotency-Key"] = self.idempotency_key
        return headers

    @override
    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class ApiConnection:
    """The API at one address, with the permission that ``token`` gives."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        api_base: str,
        token: Callable[[], Awaitable[str]],
        renew: Callable[[str], Awaitable[str]] | None = None,
    ) -> None:
        """``token`` returns a valid access token; it raises ``UtilityError`` where there is none to be had.

        ``renew`` returns another in place of one that was refused although it had not expired.
        """
        self._renew = renew
        self._session = session
        self._base = api_base.rstrip("/")
        self._token = token

    async def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        query: dict[str, str] | None = None,
        idempotency_key: str | None = None,
        attempts: int = ATTEMPTS,
        patience: float = TIMEOUT,
    ) -> Any:
        """Return what the API answers, from JSON; asked up to ``attempts`` times, ``patience`` seconds each."""
        request = _Request(method, path, body, query, idempotency_key, patience)
        return await repeated(lambda: self._once(request), request, attempts=attempts, patience=patience)

    async def _once(self, request: _Request) -> Any:
        """Ask once, and once more where the token was refused and another is to be had."""
        token = await self._token()
        try:
            return await self._ask(token, request)
        except UtilityError as err:
            if err.reason is not UtilityReason.UNAUTHORIZED or self._renew is None:
                raise
            token = await self._renew(token)
        return await self._ask(token, request)

    async def _ask(self, token: str, request: _Request) -> Any:
        answer = await ask(
            self._session,
            request.method,
            f"{self._base}{request.path}",
            most=MAX_BYTES,
            within=request.patience,
            json=request.body,
            params=request.query,
            headers=request.headers(token),
        )
        data = json_of(answer.body, request, needed=answer.status < 400)
        if answer.status >= 300:
            raise _problem(request, answer, data, (token, *_private(request.body)))
        return data


def _private(data: Any) -> Iterator[str]:
    """Yield what in a request nobody else is to read."""
    for name, value in data.items() if isinstance(data, dict) else ():
        if name in _PRIVATE and isinstance(value, str) and value:
            yield value
        else:
            yield from _private(value)


def _shown(problem: dict[str, Any], private: Iterable[str]) -> str:
    """Return what a problem document says, on one line, without VINs and what is ``private``."""
    said = str(problem.get("detail") or problem.get("title") or "")[:_LONGEST]
    for each in sorted(private, key=len, reverse=True):
        said = re.sub(re.escape(each), "…", said, flags=re.IGNORECASE)
    return "".join(each if each.isprintable() else " " for each in _VIN.sub("…", said))[:200]


def _problem(request: _Request, answer: Answer, data: Any, private: Iterable[str]) -> UtilityError:
    """Return the error behind a problem document (RFC 9457), or behind the status where there is none."""
    problem = data if isinstance(data, dict) else {}
    kind, detail = problem.get("type"), _shown(problem, private)
    status = answer.status
    reason = reason_of(kind, status) if isinstance(kind, str) else reason_of_status(status)
    if status == 404 and not isinstance(data, dict):
        # A server that stands before the API while that is away says nothing of what was asked for.
        reason = UtilityReason.UTILITY_ERROR
    changed = problem.get("programs") if reason is UtilityReason.TERMS_CHANGED else None
    in_the_way = problem.get("bindings") if reason is UtilityReason.BINDING_OVERLAP else None
    return UtilityError(
        reason,
        f"{request} -> HTTP {status} {detail}".rstrip(),
        retry_after=retry_after(answer.response),
        programs=read_all(Program, problem, "programs") if changed else (),
        bindings=read_all(Binding, problem, "bindings") if in_the_way else (),
    )


@contextmanager
def _understood() -> Iterator[None]:
    """Turn an answer that is not as the API says into ``UtilityError`` with ``UTILITY_NOT_UNDERSTOOD``."""
    try:
        yield
    except UnreadableRecordError as err:
        raise UtilityError(UtilityReason.UTILITY_NOT_UNDERSTOOD, f"unexpected answer: {err}"[:200]) from err


def read_one[T: Readable](kind: type[T], data: Any) -> T:
    """Return an answer as ``kind``."""
    with _understood():
        return kind.from_json(data)


def read_all[T: Readable](kind: type[T], data: Any, name: str) -> list[T]:
    """Return what an answer lists under ``name``, each as ``kind``."""
    with _understood():
        return list(Fields(data, "answer").each(name, kind.from_json))


def read_text(data: Any, name: str) -> str:
    """Return the text ``name`` of an answer."""
    with _understood():
        return Fields(data, "answer").take(name, str)
