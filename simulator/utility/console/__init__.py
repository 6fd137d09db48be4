"""The customer representative's page: plain files, and the control endpoint beside them.

It asks for no password: the simulator listens on loopback only.
"""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

_FOLDER = Path(__file__).parent
_FILES = {"": "index.html"} | {
    name: name
    for name in (
        "console.js",
        "parts.js",
        "dom.js",
        "tabs.js",
        "fields.js",
        "asking.js",
        "console.css",
        "openadr.html",
        "openadr.js",
    )
}


def add_routes(app: web.Application, control: web.Application) -> None:
    """Serve the console at /console and what it acts with at /console/control."""

    async def page(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/console/")

    async def file(request: web.Request) -> web.FileResponse:
        name = _FILES.get(request.match_info["name"])
        if name is None:
            raise web.HTTPNotFound
        return web.FileResponse(_FOLDER / name, headers={"Cache-Control": "no-cache"})

    app.router.add_get("/console", page)
    app.add_subapp("/console/control", control)
    app.router.add_get("/console/{name:[a-z.]*}", file)
