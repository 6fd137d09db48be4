"""Answers what goes wrong with a problem, as an API's document has it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Middleware

_LOGGER = logging.getLogger(__name__)


class RefusalError(Exception):
    """A request that is answered with a problem."""

    def response(self) -> web.Response:
        """The answer that says so."""
        raise NotImplementedError


def with_problems(
    refused: Callable[[web.HTTPException], RefusalError], broken: Callable[[], RefusalError]
) -> Middleware:
    """Answer what is refused; ``refused`` is the problem for what aiohttp refuses, ``broken`` for a fault of ours."""

    @web.middleware
    async def answered(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        try:
            return await handler(request)
        except RefusalError as problem:
            return problem.response()
        except web.HTTPException as err:
            if err.status < 400:
                raise
            response = refused(err).response()
            if "Allow" in err.headers:
                response.headers["Allow"] = err.headers["Allow"]
            return response
        except Exception:
            _LOGGER.exception("%s %s", request.method, request.path)
            return broken().response()

    return answered
