"""The problem object of openadr3.yaml (``components/schemas/problem``), which every refusal is answered with."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, override

from aiohttp import web

from simulator.utility.failing import RefusalError


class VtnProblemError(RefusalError):
    """A request that is refused with a status and a reason; ``error`` is a code of RFC 6749, 5.2."""

    def __init__(self, status: int, detail: str, *, error: str | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self._error = error

    @override
    def response(self) -> web.Response:
        """The answer: application/json, as the document names no other type for it."""
        body: dict[str, Any] = {
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail[:1000],
        }
        if self._error is not None:
            body |= {"error": self._error, "error_description": self.detail[:1000]}
        headers = {"WWW-Authenticate": "Bearer"} if self.status == 401 else None
        return web.json_response(body, status=self.status, headers=headers)
