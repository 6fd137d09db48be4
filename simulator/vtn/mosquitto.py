"""Mosquitto as the VTN's MQTT broker: its configuration, its process, and who may read what.

TLS with the VTN's own certificate for everybody; the VTN publishes at a socket in a folder that nobody else may enter.
Who may come in is in files that Mosquitto reads anew on SIGHUP (mosquitto.conf(5)): it does so between two messages,
and says so.
"""

from __future__ import annotations

import asyncio
import base64
import getpass
import hashlib
import os
import secrets
import shutil
import signal
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

from simulator.vtn.problems import VtnProblemError

_ITERATIONS = 101
_STARTS = 5
_PATIENCE = 60.0
_AGAIN = 1.0
_PLACES = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))
"""Debian has it where only root looks."""
AUTHENTICATIONS = ("anonymous", "token", "certificate")


class Mosquitto:
    """One broker."""

    def __init__(self, certificate: dict[str, str], authentication: str, client_ca: str) -> None:
        """``certificate`` is the VTN's; ``client_ca`` issued the clients', where these authenticate."""
        self.authentication = authentication
        self.port = 0
        self._folder = Path(tempfile.mkdtemp(prefix="vtn-mqtt-"))
        self.socket = self._folder / "publisher"
        self._process: asyncio.subprocess.Process | None = None
        self._watching: asyncio.Task[None] | None = None
        self._said: asyncio.Queue[str] = asyncio.Queue()
        self._admitting = asyncio.Lock()
        self._write("ca.pem", client_ca or certificate["ca"])
        self._write("vtn.pem", certificate["certificate"])
        self._write("vtn.key", certificate["key"])
        self._write("passwords", "")
        self._write("topics", "")

    async def start(self) -> None:
        """Start it on a free port of loopback; the problem where it is not there, or does not start."""
        binary = shutil.which("mosquitto", path=_PLACES)
        if binary is None:
            raise VtnProblemError(503, "Mosquitto is not here; script/setup --mqtt installs it")
        said = ""
        for _ in range(_STARTS):
            self.port = _free_port()
            self._write("mosquitto.conf", self._configuration())
            self._process = await asyncio.create_subprocess_exec(
                binary, "-c", self._folder / "mosquitto.conf", stderr=asyncio.subprocess.PIPE
            )
            self._watching = asyncio.create_task(self._watch(self._process))
            async with asyncio.timeout(_PATIENCE):
                said = await self._await(" running")
            if not said:
                return
            await self._end()
        raise VtnProblemError(503, f"Mosquitto does not start: {said}")

    async def stop(self) -> None:
        """End it, and forget its files."""
        await self._end()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def admit(self, passwords: dict[str, str], topics: dict[str, list[str]]) -> None:
        """Let in who has these passwords (as :func:`password` makes them), to these topics; nobody else."""
        async with self._admitting:
            self._write("passwords", "".join(f"{name}:{kept}\n" for name, kept in passwords.items()))
            lines = ["topic read open/#", "topic read vens/#"] if self.authentication == "anonymous" else []
            for name, patterns in topics.items():
                lines += [f"user {name}", *(f"topic read {pattern}" for pattern in patterns)]
            self._write("topics", "".join(f"{line}\n" for line in lines))
            await self._read_anew()

    async def _read_anew(self) -> None:
        """Have it read who may come in; a signal that comes while it is about to is lost, and given once more."""
        while not self._said.empty():
            self._said.get_nowait()
        async with asyncio.timeout(_PATIENCE):
            while self._process is not None and self._process.returncode is None:
                self._process.send_signal(signal.SIGHUP)
                with suppress(TimeoutError):
                    async with asyncio.timeout(_AGAIN):
                        await self._await("Reloading config")
                        return

    def _configuration(self) -> str:
        folder = self._folder
        lines = [
            "per_listener_settings true", "persistence false", "log_dest stderr",
            "log_type error", "log_type warning", "log_type notice", "log_type information",
            *([f"user {getpass.getuser()}"] if os.geteuid() == 0 else []),
            f"listener 0 {self.socket}", "allow_anonymous true",
            f"listener {self.port} 127.0.0.1",
            f"cafile {folder}/ca.pem", f"certfile {folder}/vtn.pem", f"keyfile {folder}/vtn.key",
            f"acl_file {folder}/topics",
        ]  # fmt: skip
        lines += {
            "anonymous": ["allow_anonymous true"],
            "token": ["allow_anonymous false", f"password_file {folder}/passwords"],
            "certificate": ["require_certificate true", "use_identity_as_username true"],
        }[self.authentication]
        return "".join(f"{line}\n" for line in lines)

    def _write(self, name: str, text: str) -> None:
        """Write a file, which is there whole or not at all to who reads it meanwhile."""
        path = self._folder / f"{name}.new"
        path.touch(mode=0o600)
        path.write_text(text)
        path.replace(self._folder / name)

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        """Hear what it says, until it has no more to say."""
        assert process.stderr is not None  # noqa: S101 - it was asked for
        async for line in process.stderr:
            await self._said.put(line.decode(errors="replace").strip())
        await self._said.put("")

    async def _await(self, words: str) -> str:
        """Wait until it has said this; if it ends instead, the last that it said."""
        last = "nothing was said"
        while said := await self._said.get():
            if words in said:
                return ""
            last = said
        return last

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        if self._watching is not None:
            await self._watching


def password(text: str) -> str:
    """A password as mosquitto_passwd(1) keeps it: PBKDF2 with SHA-512."""
    salt = secrets.token_bytes(12)
    made = hashlib.pbkdf2_hmac("sha512", text.encode(), salt, _ITERATIONS)
    return f"$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
