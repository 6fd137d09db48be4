"""A HAN device with a certificate of its own: a small IEEE 2030.5 client that polls its gateway and answers it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp
from aio2030dot5 import Identity, generate_identity
from aio2030dot5.transport import async_build_ssl_context

from simulator.gateway.load_controls import EventStatus
from simulator.gateway.resources import reductions
from simulator.gateway.wire import CONTENT_TYPE, BadDocumentError, Fields, parse, render, typed

_LOGGER = logging.getLogger(__name__)
_SECONDS = 5
"""How long an answer of the gateway may take."""
_MOST = 255
"""Entries of a list that are read, which is what a gateway gives at once."""
_RECEIVED, _STARTED, _COMPLETED, _CANCELLED, _SUPERSEDED, _EXPIRED = 1, 2, 3, 6, 7, 254
"""Response.status (IEEE 2030.5-2018 table 27)."""
_ASKS_RECEIVED, _ASKS_SPECIFIC = 1, 2
"""Bits 0 and 1 of RespondableResource.responseRequired."""
_OVER = {
    EventStatus.CANCELLED: _CANCELLED,
    EventStatus.CANCELLED_WITH_RANDOMIZATION: _CANCELLED,
    EventStatus.SUPERSEDED: _SUPERSEDED,
}

type Address = Callable[[], tuple[str, int]]
"""Host and port of the gateway, as mDNS would tell them now."""


class WrongPinError(ValueError):
    """The gateway holds another PIN for the device than its label has: it is not the one that was meant."""


class SimulatedDevice:
    """One device. ``identity`` is its certificate, ``pin`` what its label says, ``category`` its DeviceCategoryType.

    While it is ``answering`` it looks at its gateway every ``poll_seconds``: it finds itself on the EndDeviceList,
    compares the PIN of its Registration, and follows its FunctionSetAssignments to the controls that are meant for
    it, which it answers as responseRequired asks. It does what it is asked at once, and obeys no randomization.
    """

    def __init__(self, address: Address, *, pin: int, category: int, poll_seconds: float) -> None:
        self.identity: Identity = generate_identity(common_name="Simulated device")
        self.pin = pin
        self.category = category
        self.poll_seconds = poll_seconds
        self._address = address
        self._href: str | None = None
        self._told: dict[str, set[int]] = {}
        """The statuses told of each control that is listed, by mRID (hex)."""
        self._session: aiohttp.ClientSession | None = None
        self._living: asyncio.Task[None] | None = None

    @property
    def answering(self) -> bool:
        """Whether its client runs. If not, the device is as good as dead, and the gateway hears nothing of it."""
        return self._living is not None

    def describe(self) -> dict[str, Any]:
        """For the control endpoint; ``lfdi``, ``sfdi`` and ``pin`` are what its label says."""
        return {
            "lfdi": self.identity.lfdi,
            "sfdi": self.identity.sfdi,
            "pin": f"{self.pin:06}",
            "category": self.category,
            "poll_seconds": self.poll_seconds,
            "answering": self.answering,
        }

    def start(self) -> None:
        """Come to life; returns at once."""
        if self._living is None:
            self._living = asyncio.create_task(self._live())

    async def stop(self) -> None:
        """Die: in the middle of whatever it did, and without a word."""
        living, self._living = self._living, None
        if living is not None:
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None
        self._href = None

    async def _live(self) -> None:
        connector = aiohttp.TCPConnector(ssl=await async_build_ssl_context(self.identity), limit=1)
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        self._session = session = aiohttp.ClientSession(connector=connector, timeout=timeout)
        while True:
            try:
                await self._look(session)
            except (aiohttp.ClientError, OSError, BadDocumentError, WrongPinError) as err:
                # It is not listed yet or any more, or the gateway is not well: all of it is looked at anew.
                _LOGGER.debug("device %s: %s", self.identity.lfdi[-6:], str(err) or type(err).__name__)
                self._href = None
            await asyncio.sleep(self.poll_seconds)

    async def _get(self, session: aiohttp.ClientSession, name: str, path: str) -> Any:
        """The resource ``name`` at ``path``, as a model; ``OSError``, ``ClientError`` or ``BadDocumentError``."""
        host, port = self._address()
        query = {"s": "0", "l": str(_MOST)} if name.endswith("List") else {}
        async with session.get(f"https://{host}:{port}{path}", params=query, raise_for_status=True) as response:
            return parse(name, await response.read())

    async def _look(self, session: aiohttp.ClientSession) -> None:
        """Poll once."""
        if self._href is None:
            self._href = await self._find_itself(session)
        assignments = await self._get(session, "FunctionSetAssignmentsList", f"{self._href}/fsa")
        listed: set[str] = set()
        for assignment in assignments.function_set_assignments:
            if (programs := assignment.demand_response_program_list_link) is None:
                continue
            found = await self._get(session, "DemandResponseProgramList", programs.href)
            for program in found.demand_response_program:
                controls = await self._get(session, "EndDeviceControlList", program.end_device_control_list_link.href)
                for control in controls.end_device_control:
                    listed.add(control.m_rid.value.hex())
                    await self._take(session, control)
        self._told = {mrid: told for mrid, told in self._told.items() if mrid in listed}

    async def _find_itself(self, session: aiohttp.ClientSession) -> str:
        """Where its EndDevice is; ``OSError`` while the gateway does not list it, ``WrongPinError``."""
        capability = await self._get(session, "DeviceCapability", "/dcap")
        if (link := capability.end_device_list_link) is None:
            raise OSError("the gateway lists no devices")
        devices = await self._get(session, "EndDeviceList", link.href)
        own = bytes.fromhex(self.identity.lfdi)
        for device in devices.end_device:
            if device.l_fdi == own and device.registration_link is not None:
                registration = await self._get(session, "Registration", device.registration_link.href)
                if registration.p_in.value != self.pin:
                    raise WrongPinError("the gateway holds another PIN")
                return str(device.href)
        raise OSError("the gateway does not list the device")

    async def _take(self, session: aiohttp.ClientSession, control: Any) -> None:
        """Answer a control as far as it asks for answers, and for each of its statuses once."""
        required = int.from_bytes(control.response_required or b"")
        category = control.device_category
        if category is not None and not int.from_bytes(category.value) & self.category:
            return  # responseRequired: "If the category does not match, the device SHALL NOT respond"
        told = self._told.setdefault(control.m_rid.value.hex(), set())
        for status in self._due(control, told):
            if required & (_ASKS_RECEIVED if status == _RECEIVED else _ASKS_SPECIFIC):
                await self._respond(session, control, status)
            told.add(status)

    @staticmethod
    def _due(control: Any, told: set[int]) -> list[int]:
        """The statuses that are to be told of a control now, in order."""
        status = EventStatus(control.event_status.current_status)
        end = control.interval.start.value + control.interval.duration
        due = [_RECEIVED]
        if (ended := _OVER.get(status)) is not None:
            due.append(ended)
        elif time.time() >= end:
            due = [_COMPLETED] if _STARTED in told else [_EXPIRED]
        elif status is EventStatus.ACTIVE:
            due.append(_STARTED)
        if told & {_COMPLETED, _CANCELLED, _SUPERSEDED, _EXPIRED}:
            return []
        return [each for each in due if each not in told]

    async def _respond(self, session: aiohttp.ClientSession, control: Any, status: int) -> None:
        """POST a DrResponse to ``replyTo``, which echoes what the control asked for."""
        applied = reductions.from_document(control)
        applied.pop("override_duration", None)  # in a response it is how long somebody overrode the control
        fields: Fields = {
            "created_date_time": typed(int(time.time())),
            "end_device_lfdi": bytes.fromhex(self.identity.lfdi),
            "status": status,
            "subject": typed(control.m_rid.value),
            **reductions.to_fields(applied),
        }
        host, port = self._address()
        async with session.post(
            f"https://{host}:{port}{control.reply_to}",
            data=render("DrResponse", fields),
            headers={"Content-Type": CONTENT_TYPE},
            raise_for_status=True,
        ) as response:
            with suppress(aiohttp.ClientPayloadError):
                await response.read()
