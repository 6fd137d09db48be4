"""Where handlers find the utility."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from simulator.utility.service import Utility

UTILITY: web.AppKey[Utility] = web.AppKey("utility")
