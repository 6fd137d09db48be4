"""Keeping a gateway over restarts, in one file of a folder."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

from simulator.gateway.state import GatewayState


class GatewayStore:
    """``gateway.json`` in ``folder``, readable by its owner only: the private key is in it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "gateway.json"
        self._writing = asyncio.Lock()

    async def attach(self, gateway: GatewayState) -> None:
        """Give a gateway what was kept, and keep what it changes from now on."""

        async def write() -> None:
            async with self._writing:
                await asyncio.to_thread(self._write, json.dumps(gateway.to_dict()))

        async def save() -> None:
            # Whoever is cancelled meanwhile lets it be written: the next would else write at the same time.
            await asyncio.shield(write())

        if (text := await asyncio.to_thread(self._read)) is not None:
            gateway.load(json.loads(text))
        gateway.changed = save
        await save()

    def _read(self) -> str | None:
        return self._path.read_text() if self._path.exists() else None

    def _write(self, text: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".new")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
        temporary.replace(self._path)
