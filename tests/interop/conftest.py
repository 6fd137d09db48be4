"""Other people's clients: their command lines, run as they are installed, each test with a certificate of its own."""

import asyncio
import json
import os
import signal
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from script.demo_home.process import led
from tests.conftest import SimulatedGateway

_BUILT = {
    "test_interop_ocpi.py": "OCPI_TARIFFS",
    "test_interop_green_button.py": "GREEN_BUTTON_PARSER",
    "test_interop_table.py": "SOFFICE",
    "test_interop_gridappsd.py": "GRIDAPPSD_PYTHON",
    "test_interop_sep2.py": "SEP2_CLIENT",
    "test_interop_sep2_controls.py": "SEP2_CLIENT",
    "test_interop_wireshark.py": "TSHARK",
}
collect_ignore = [file for file, name in _BUILT.items() if name not in os.environ]
"""What is not there unless ``script/interop`` has built or found it."""
BIN = Path(sys.executable).parent
AIO2030DOT5 = (sys.executable, "-m", "aio2030dot5")
PY20305 = (str(BIN / "py20305"),)


@dataclass(frozen=True)
class Ran:
    """A program that has ended."""

    status: int
    said: str
    """On stdout."""
    told: str
    """On stderr."""


async def run(*command: str) -> Ran:
    """Run a program to its end."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, told = await process.communicate()
    assert process.returncode is not None
    return Ran(process.returncode, said.decode(), told.decode())


@dataclass(frozen=True)
class Stranger:
    """A certificate that ``aio2030dot5`` made, with what it says of it."""

    folder: Path
    lfdi: str
    sfdi: str

    @property
    def cert(self) -> Path:
        """Its certificate."""
        return self.folder / "cert.pem"

    @property
    def key(self) -> Path:
        """Its key."""
        return self.folder / "key.pem"

    async def read(self, command: str, gateway: SimulatedGateway, *more: str) -> Ran:
        """Run a command of ``aio2030dot5`` that talks to a gateway."""
        where = ("--host", gateway.host, "--port", str(gateway.port))
        return await run(*AIO2030DOT5, command, *where, "--cert", str(self.cert), "--key", str(self.key), *more)


@pytest.fixture
async def stranger(tmp_path: Path) -> Stranger:
    """A certificate that nobody has seen yet."""
    cert, key = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
    made = await run(*AIO2030DOT5, "identity", "--cert", cert, "--key", key, "--generate")
    assert made.status == 0, made
    words = made.said.split()
    return Stranger(tmp_path, words[words.index("LFDI") + 1], words[words.index("SFDI") + 1])


def context_of(stranger: Stranger) -> ssl.SSLContext:
    """Return TLS as IEEE 2030.5 has it, with the stranger's certificate, for whoever answers."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-CCM8:@SECLEVEL=0")
    context.load_cert_chain(stranger.cert, stranger.key)
    return context


def _certificate_of(gateway: SimulatedGateway, stranger: Stranger) -> str:
    """Return the certificate that a gateway shows to a client it lets in; self-signed, it is its own anchor."""
    with (
        socket.create_connection((gateway.host, gateway.port), timeout=10) as plain,
        context_of(stranger).wrap_socket(plain) as secured,
    ):
        shown = secured.getpeercert(binary_form=True)
    assert shown is not None
    return ssl.DER_cert_to_PEM_cert(shown)


@dataclass
class Py20305:
    """``py20305`` while it runs; ``lines`` is what it has logged so far."""

    process: asyncio.subprocess.Process
    lines: list[str]

    async def until(self, words: str) -> str:
        """Return the first line that has ``words``, from the beginning on."""
        for line in self.lines:
            if words in line:
                return line
        assert self.process.stderr is not None
        while line := (await self.process.stderr.readline()).decode().rstrip():
            self.lines.append(line)
            if words in line:
                return line
        pytest.fail(f"py20305 ended without a word of {words!r}:\n" + "\n".join(self.lines))

    async def stop(self) -> int:
        """Have it end in order; its exit status."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        assert self.process.stderr is not None
        self.lines += (await self.process.stderr.read()).decode().splitlines()
        return await self.process.wait()


type Configure = Callable[..., Awaitable[Path]]
type Start = Callable[[Path], Awaitable[Py20305]]


@pytest.fixture
async def configure(stranger: Stranger) -> Configure:
    """Return a writer of ``py20305``'s configuration for a gateway that lets the stranger's certificate in by now."""

    async def write(gateway: SimulatedGateway, **more: Any) -> Path:
        shown = await asyncio.to_thread(_certificate_of, gateway, stranger)
        (stranger.folder / "gateway.pem").write_text(shown)
        config = {
            "server": {"url": f"https://{gateway.host}:{gateway.port}", "server_2018_compat": True},
            "tls": {
                "client_cert": stranger.cert.name,
                "client_key": stranger.key.name,
                "ca_cert": "gateway.pem",
                "check_hostname": False,
            },
            "history": {"enabled": False},
            "connection": {"retry_forever": False},
            "logging": {"level": "DEBUG"},
        }
        path = stranger.folder / "client.json"
        path.write_text(json.dumps(config | more))
        return path

    return write


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Return a starter of ``py20305``; what still runs after the test is ended."""
    started: list[Py20305] = []

    async def begin(config: Path) -> Py20305:
        process = await asyncio.create_subprocess_exec(
            *led("-x", *PY20305, "--config", str(config)),
            stdin=asyncio.subprocess.PIPE,  # which ends with us
            stderr=asyncio.subprocess.PIPE,
        )
        started.append(Py20305(process, []))
        return started[-1]

    yield begin
    for each in started:
        await each.stop()
