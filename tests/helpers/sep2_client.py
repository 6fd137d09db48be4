"""``sep2_client``, a Rust crate that none of us wrote, as a process that is told what to read (``interop/sep2``)."""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.conftest import SimulatedGateway

_OPENSSL = """
openssl_conf = all
[all]
ssl_conf = ssl
[ssl]
system_default = all_ssl
[all_ssl]
CipherString = DEFAULT:@SECLEVEL=0
"""
"""OpenSSL 3 counts the cipher suite of IEEE 2030.5, whose tags have eight bytes, to its level 0."""


def whole_mrid() -> str:
    """Return an mRID that begins with no zero: the crate writes others with an odd number of digits, which is none."""
    return f"A{uuid4().hex[1:].upper()}"


class RefusedError(Exception):
    """The crate did not read something; it says why."""


@dataclass
class Sep2Client:
    """The process; ``decided`` is what its schedules told their device, in order."""

    process: asyncio.subprocess.Process
    lfdi: str = ""
    sfdi: str = ""
    decided: list[dict[str, Any]] = field(default_factory=list)

    async def _answer(self, key: str) -> dict[str, Any]:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            said: dict[str, Any] = json.loads(line)
            if "event" in said:
                self.decided.append(said)
            elif key in said:
                return said
        told = await self.process.stderr.read() if self.process.stderr is not None else b""
        raise AssertionError(f"sep2_client ended: {told.decode()}")

    async def _ask(self, key: str, *words: object) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(" ".join(map(str, words)).encode() + b"\n")
        await self.process.stdin.drain()
        return await self._answer(key)

    async def get(self, name: str, path: str) -> str:
        """Fetch a resource; return what the crate writes of what it read. ``RefusedError`` where it reads nothing."""
        return _written(await self._ask("read", "get", name, path))

    async def parse(self, name: str, file: Path) -> str:
        """Have a document read from a file, and written again."""
        return _written(await self._ask("read", "parse", name, file))

    async def judge(self, kind: str, certificate: Path) -> str | None:
        """Return what the crate has against a certificate of a ``device``, a ``client`` or an ``authority``."""
        refused: str | None = (await self._ask("certificate", "judge", kind, certificate))["refused"]
        return refused

    async def look(self) -> None:
        """Have it read all events that are assigned to it, and its schedules decide."""
        if (refused := (await self._ask("looked", "look"))["refused"]) is not None:
            raise RefusedError(refused)

    async def stay_out(self, *, out: bool) -> None:
        """Have its device opt out of what begins from now on, or no longer."""
        await self._ask("out", "out", "yes" if out else "no")


def _written(said: dict[str, Any]) -> str:
    if (refused := said.get("refused")) is not None:
        raise RefusedError(refused)
    return str(said["written"])


async def _issuer(gateway: SimulatedGateway) -> str:
    return str((await gateway.kept())["identity"]["issuer"])


@asynccontextmanager
async def sep2_client(gateway: SimulatedGateway, folder: Path, device_category: int) -> AsyncIterator[Sep2Client]:
    """Run it as a device of these categories against a gateway; ``folder`` has ``cert.pem`` and ``key.pem``."""
    cert, authority = folder / "cert.pem", folder / "gateway.pem"
    # It makes the LFDI of the bytes of a file, which have to be those of the certificate.
    der = folder / "cert.der"
    der.write_bytes(base64.b64decode("".join(cert.read_text().splitlines()[1:-1])))
    authority.write_text(await _issuer(gateway))
    (folder / "openssl.cnf").write_text(_OPENSSL)
    process = await asyncio.create_subprocess_exec(
        os.environ["SEP2_CLIENT"],
        f"https://{gateway.host}:{gateway.port}",
        *map(str, (cert, folder / "key.pem", der, authority, device_category)),
        stdin=asyncio.subprocess.PIPE,  # which it ends with
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"OPENSSL_CONF": str(folder / "openssl.cnf")},
        limit=2**24,
    )
    client = Sep2Client(process)
    try:
        who = await client._answer("lfdi")
        client.lfdi, client.sfdi = who["lfdi"], who["sfdi"]
        yield client
    finally:
        assert process.stdin is not None
        process.stdin.close()
        if process.returncode is None:
            process.terminate()
        await process.wait()
