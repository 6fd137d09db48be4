"""``openleadr-vtn`` with a PostgreSQL of its own; all end with who runs them, also where that is killed.

Its README names the environment variables; the users of its internal OAuth provider are made through ``/users``.
The one who makes them is put into its table as its own ``fixtures/users.sql`` does.
"""

from __future__ import annotations

import base64
import getpass
import os
import pwd
import re
import secrets
import shutil
import socket as socketlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import requests

from script.demo_home.process import led
from simulator.vtn.certificate import make_certificate
from tests.conftest import ROOT
from tests.openadr.served import Credentials, Role

_PATIENCE = 120
_LISTENING = re.compile(r"VTN listening on http://\S+:(\d+)")
# Secret "bl-client": the hash is that of the crate's src/api/fixtures/users.sql.
_MANAGER = Credentials("bl-client", "bl-client")
_MAKE_MANAGER = """
INSERT INTO "user" (id, reference, scopes, created, modified)
VALUES ('manager', 'manager', enum_range(NULL::scope), now(), now());
INSERT INTO user_credentials (user_id, client_id, client_secret)
VALUES ('manager', 'bl-client', '$argon2id$v=19$m=16,t=2,p=1$MWt1QVNFdHdlZVJhNEZzUA$Rmkguwgaz+A2GWIaDRtv8w');
"""
# Its README, "Deviations from the specification": scopes that the standard has once are split into _ven and _bl.
_SCOPES: dict[Role, tuple[str, ...]] = {
    "ven": ("read_targets", "read_ven_objects", "write_reports_ven", "write_subscriptions_ven", "write_vens_ven"),
    "bl": (
        "read_all", "write_programs", "write_events", "write_reports_bl", "write_subscriptions_bl", "write_vens_bl",
    ),
}  # fmt: skip


class Openleadr:
    """A running ``openleadr-vtn``, behind TLS."""

    # They are signed, and looked up nowhere (src/jwt.rs).
    tokens_outlive_clients = True

    def __init__(self, url: str, ca: Path, program: _Program) -> None:
        self.url = url
        self.ca = ca
        self._program = program
        self._users: dict[str, str] = {}

    def new_client(self, role: Role, client_id: str | None = None) -> Credentials:
        """Make a user with one credential."""
        made = Credentials(client_id or f"{role}-{secrets.token_hex(8)}", secrets.token_hex(16))
        user = self._call("POST", "/users", {"reference": made.client_id, "scope": _SCOPES[role]})
        self._users[made.client_id] = user["id"]
        self._call("POST", f"/users/{user['id']}", vars(made))
        return made

    def remove_client(self, client_id: str) -> None:
        """Take a user and its credential away."""
        self._call("DELETE", f"/users/{self._users.pop(client_id)}")

    def have_broker(self) -> None:
        """Have Mosquitto beside it, which lets in who has any token."""
        self._program.start(broker=True)

    def have_no_broker(self) -> None:
        """Have none any more, where there is one."""
        if self._program.broker:
            self._program.start()

    def delete(self, kind: str, identifier: str) -> None:
        """Take one object away."""
        self._call("DELETE", f"/{kind}/{identifier}")

    def _call(self, method: str, path: str, said: Any = None) -> dict[str, Any]:
        return _answer(self._manager.request(method, f"{self.url}{path}", json=said))

    @cached_property
    def _manager(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.ca)
        form = {"grant_type": "client_credentials"} | vars(_MANAGER)
        token = _answer(session.post(f"{self.url}/auth/token", data=form))["access_token"]
        session.headers["Authorization"] = f"Bearer {token}"
        return session


def _answer(response: requests.Response) -> dict[str, Any]:
    assert response.ok, response.text
    return dict(response.json())


@contextmanager
def openleadr(binary: str) -> Generator[Openleadr]:
    """Run it, and all that it needs."""
    with ExitStack() as stack:
        # PostgreSQL's account has to reach its folder, and a socket's path is short: not below pytest's own.
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="openleadr-", ignore_cleanup_errors=True))
        )
        folder.chmod(0o755)
        made = make_certificate()
        ca = folder / "ca.pem"
        ca.write_text(made["ca"])
        socket = stack.enter_context(_postgres(folder))
        certificate = folder / "vtn.pem"
        certificate.touch(0o600)
        certificate.write_text(made["key"] + made["certificate"])
        door = stack.enter_context(_door(certificate))
        assert door.stdout is not None
        url = f"https://127.0.0.1:{int(door.stdout.readline())}"
        environment = {
            "DATABASE_URL": f"postgres:///openadr?host={socket}&user=openadr",
            "OAUTH_TYPE": "INTERNAL",
            "OAUTH_KEY_TYPE": "HMAC",
            "OAUTH_BASE64_SECRET": base64.b64encode(secrets.token_bytes(32)).decode(),
            "OAUTH_TOKEN_URL": f"{url}/auth/token",
            "PORT": "0",
            "RUST_LOG": "info",
            "NO_COLOR": "1",
        }
        program = stack.enter_context(_Program(binary, folder, environment, door))
        _psql(socket, "openadr", _MAKE_MANAGER)
        yield Openleadr(url, ca, program)


class _Program:
    """The program itself, which has to be started anew to have a broker or none."""

    def __init__(self, binary: str, folder: Path, environment: dict[str, str], door: subprocess.Popen[str]) -> None:
        self._binary = binary
        self._folder = folder
        self._environment = environment
        self._door = door
        self._runs = ExitStack()
        self.broker = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._runs.close()

    def start(self, *, broker: bool = False) -> None:
        """Start it, with or without a broker, and have it reached from then on."""
        self._runs.close()
        self.broker = broker
        environment = self._environment
        if broker:
            # It says that its own tokens are good there; Mosquitto knows them only by somebody else's plugin.
            environment = environment | {
                "MQTT_URL": self._runs.enter_context(_mosquitto(self._folder)),
                "MQTT_CA_PATH": str(self._folder / "ca.pem"),
                "MQTT_USERNAME": "vtn",
                "MQTT_PASSWORD": secrets.token_hex(16),
            }
        log = self._folder / "vtn.log"
        self._runs.enter_context(_running([self._binary], log, environment=environment))
        assert self._door.stdin is not None
        assert self._door.stdout is not None
        self._door.stdin.write(f"{_wait_for(_LISTENING, log)}\n")
        self._door.stdin.flush()
        self._door.stdout.readline()


@contextmanager
def _door(certificate: Path) -> Generator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.openadr.tls_door", str(certificate)]
    with subprocess.Popen(  # noqa: S603 - our own code
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.communicate(timeout=_PATIENCE)


@contextmanager
def _mosquitto(folder: Path) -> Generator[str]:
    """Mosquitto over TLS; its address."""
    with socketlib.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    configuration = folder / "mosquitto.conf"
    lines = [
        *([f"user {getpass.getuser()}"] if os.getuid() == 0 else []),
        "persistence false", "log_dest stderr", f"listener {port} 127.0.0.1", "allow_anonymous true",
        f"cafile {folder}/ca.pem", f"certfile {folder}/vtn.pem", f"keyfile {folder}/vtn.pem",
    ]  # fmt: skip
    configuration.write_text("\n".join(lines) + "\n")
    log = folder / "mosquitto.log"
    binary = shutil.which("mosquitto", path=os.pathsep.join((os.environ["PATH"], "/usr/sbin", "/usr/local/sbin")))
    assert binary, "Mosquitto is not here; script/setup --mqtt installs it"
    with _running([binary, "-c", str(configuration)], log):
        _wait_for(re.compile(r"(mosquitto version \S+ running)"), log)
        yield f"mqtts://127.0.0.1:{port}"


@contextmanager
def _postgres(folder: Path) -> Generator[Path]:
    """A cluster without a port; what it keeps need not outlive it, so nothing is waited for to be on disk."""
    socket = folder / "postgres"
    socket.mkdir()
    # PostgreSQL does not run as root.
    account = "nobody" if os.getuid() == 0 else None
    if account:
        shutil.chown(socket, account)
    data = socket / "data"
    log = folder / "postgres.log"
    made = ["initdb", "--pgdata", str(data), "--auth=trust", "--username=openadr", "--encoding=UTF8", "--no-sync"]
    with _running(made, folder / "initdb.log", account=account) as initdb:
        assert initdb.wait(_PATIENCE) == 0, (folder / "initdb.log").read_text()
    command = ["postgres", "-D", str(data), "-k", str(socket), "-c", "listen_addresses=", "-c", "fsync=off"]
    with _running(command, log, account=account):
        _wait_for(re.compile("(database system is ready to accept connections)"), log)
        _psql(socket, "postgres", "CREATE DATABASE openadr")
        yield socket


def _psql(socket: Path, database: str, statements: str) -> None:
    command = ["psql", "-h", str(socket), "-U", "openadr", "-d", database, "-q", "-v", "ON_ERROR_STOP=1"]
    subprocess.run(  # noqa: S603 - PostgreSQL's
        command, input=statements, text=True, check=True, timeout=_PATIENCE
    )


@contextmanager
def _running(
    command: Sequence[str], log: Path, *, account: str | None = None, environment: dict[str, str] | None = None
) -> Generator[subprocess.Popen[bytes]]:
    known = pwd.getpwnam(account) if account else None
    as_known = (
        ["setpriv", f"--reuid={known.pw_uid}", f"--regid={known.pw_gid}", "--clear-groups", "--"] if known else []
    )
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - what the caller runs
            led("-x", *as_known, *command),
            stdin=subprocess.PIPE,  # which ends with us
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            env=os.environ | (environment or {}),
        )
    try:
        yield process
    finally:
        # PostgreSQL takes SIGINT for "end at once, in order"; the VTN does as well.
        process.send_signal(2)
        process.wait(_PATIENCE)


def _wait_for(line: re.Pattern[str], log: Path) -> str:
    """Wait until a program has said a line, and return what its group holds."""
    end = time.monotonic() + _PATIENCE
    while not (found := line.search(log.read_text())):
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.05)
    return found[1]
