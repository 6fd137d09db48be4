"""The VTN: its clients, its objects, and what it tells of them. How it is reached is in ``service``."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

from aiohttp import web

from simulator.gateway.parameters import Parameter
from simulator.utility.faults import FAULTS, ApiFaults
from simulator.utility.store import Document
from simulator.vtn.certificate import make_certificate
from simulator.vtn.clients import Clients
from simulator.vtn.mqtt import Mqtt
from simulator.vtn.objects import KINDS, Objects
from simulator.vtn.privacy import Privacy
from simulator.vtn.store import VtnStore
from simulator.vtn.webhooks import Webhooks

_LOGGED = 200
_SETTINGS: dict[str, Any] = {"targets_in_query": "required", "public": False, "token_seconds": 600.0}
_PATH = Parameter(str, "/")
VTN_FAULTS = {
    name: FAULTS[name] | {"path": _PATH}
    for name in ("http_error", "rate_limit", "slow", "half_answer", "lost_answer", "huge_answer")
}
"""The faults by name with their parameters; paths begin at the API's base."""


class Vtn:
    """One VTN; ``folder`` keeps everything over restarts.

    ``settings``: ``targets_in_query`` (required: a VEN sees what has targets only where its query names them;
    optional), ``public`` (programs and events without targets are told to anybody), ``token_seconds`` that a token
    lasts.
    ``url`` is known once it is served; ``log`` has the last requests.
    """

    def __init__(self, folder: Path | None) -> None:
        self.url = ""
        self.log: deque[dict[str, Any]] = deque(maxlen=_LOGGED)
        self.faults = ApiFaults(VTN_FAULTS)
        self._store = store = VtnStore(folder / "vtn.sqlite" if folder else None)
        self.settings: dict[str, Any] = _SETTINGS | (store.get("settings", "") or {})
        if store.get("certificate", "") is None:
            store.put("certificate", "", make_certificate())
        self.certificate: dict[str, str] = store.get("certificate", "") or {}
        self.clients = Clients(store, lambda: float(self.settings["token_seconds"]))
        privacy = Privacy(store, lambda: bool(self.settings["targets_in_query"] == "required"))
        self.webhooks = Webhooks(store, privacy, self._is_business)
        self.mqtt = Mqtt(store, privacy, self.certificate)
        self.objects = Objects(store, privacy, self._tell)

    def change_settings(self, **settings: Any) -> None:
        """Change settings, and keep them."""
        self.settings |= settings
        self._store.put("settings", "", self.settings)

    def access(self) -> dict[str, Any]:
        """What a VEN's owner is given: the address, the authority of its certificate, and all clients."""
        return {"url": self.url, "ca": self.certificate["ca"], "clients": self.clients.all()}

    def describe(self) -> dict[str, Any]:
        """All that the utility's people see."""
        shown: dict[str, list[Document]] = {f"{kind}s": self.objects.every(kind) for kind in KINDS}
        faults = {name: list(parameters) for name, parameters in VTN_FAULTS.items()}
        return self.access() | {"settings": self.settings, "faults": faults} | shown

    async def stop(self) -> None:
        """End what it does by itself."""
        await self.webhooks.stop()
        await self.mqtt.stop()

    def close(self) -> None:
        """Close its file."""
        self._store.close()

    def _tell(self, kind: str, operation: str, found: Document) -> None:
        self.webhooks.tell(kind, operation, found)
        self.mqtt.tell(kind, operation, found)

    def _is_business(self, client_id: str) -> bool:
        return any(each["client_id"] == client_id and each["role"] == "bl" for each in self.clients.all())


VTN = web.AppKey("vtn", Vtn)
"""Where handlers find the VTN."""
