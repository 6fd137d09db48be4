"""A customer of the simulated utility, and what the utility's side can be made to do."""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from yarl import URL

from custom_components.utility_han.utility.han_api.client import HanApi

REDIRECT = "http://home.invalid/auth/external/callback"


class SimulatedUtility:
    """The simulated utility as one customer's account, premise and devices."""

    def __init__(self, session: aiohttp.ClientSession, control: str, url: str, customer: dict[str, Any]) -> None:
        self.session = session
        self.control = control
        self.url = url
        self.user: str = customer["name"]
        self.account: dict[str, Any] = customer["account"]
        self.premise_id: str = customer["premise"]["id"]
        self.address: str = customer["premise"]["address"]
        self.number: str = customer["account_number"]
        self.token: dict[str, Any] = {}
        self.neighbours: list[SimulatedUtility] = []
        self.client_id = ""

    @property
    def api_base(self) -> str:
        """Where the API begins."""
        return f"{self.url}/api/v1"

    async def _call(self, method: str, path: str, /, **json_body: Any) -> Any:
        async with self.session.request(method, f"{self.control}/utility{path}", json=json_body) as response:
            body = await response.json() if response.content_type == "application/json" else None
            assert response.status < 400, body
            return body

    async def attach(self, lfdi: str) -> None:
        """Make a gateway the premise's own."""
        await self._call("POST", f"/premises/{self.premise_id}/gateways", lfdi=lfdi)

    async def fault(self, name: str, **parameters: Any) -> None:
        """Switch a fault of the API on."""
        await self._call("PUT", f"/faults/{name}", **parameters)

    async def mend(self) -> None:
        """Switch all faults of the API off."""
        await self._call("DELETE", "/faults")

    async def set(self, **settings: Any) -> None:
        """Change the utility's settings."""
        await self._call("PATCH", "", **settings)

    async def pre_register(self, lfdi: str, serial: str | None, name: str, **more: Any) -> dict[str, Any]:
        """Register a device beforehand."""
        return dict(
            await self._call(
                "POST", "/registrations", premise_id=self.premise_id, lfdi=lfdi, serial=serial, name=name, **more
            )
        )

    async def decide(self, registration_id: str, decision: str, detail: str = "") -> None:
        """Approve, refuse, suspend, resume or close a registration."""
        await self._call("POST", f"/registrations/{registration_id}/{decision}", detail=detail)

    async def registrations(self) -> list[dict[str, Any]]:
        """Return the customer's registrations, oldest first."""
        return [each for each in await self._call("GET", "/registrations") if each["user"] == self.user]

    async def cases(self) -> list[dict[str, Any]]:
        """Return the customer's cases, oldest first."""
        return [each for each in await self._call("GET", "/cases") if each["user"] == self.user]

    async def say(self, case_id: str, note: str) -> None:
        """Say something to the customer about a case."""
        await self._call("POST", f"/cases/{case_id}/note", note=note)

    async def ask_diagnosis(self, **about: str) -> dict[str, Any]:
        """Ask the home for a diagnosis."""
        return dict(await self._call("POST", "/diagnostics", **about))

    async def diagnoses(self) -> list[dict[str, Any]]:
        """Return what homes of the customer were asked to diagnose, with the results."""
        return [each for each in await self._call("GET", "/diagnostics") if each["user"] == self.user]

    async def set_terms(self, program: str, version: str) -> None:
        """Put new terms in force."""
        await self._call("POST", f"/programs/{program}/terms", version=version)

    async def vehicles(self, what: str) -> list[dict[str, Any]]:
        """Return everybody's ``vehicles``, ``bindings``, ``confirmations``, ``billing-records`` or ``bills``."""
        return list(await self._call("GET", f"/{what}"))

    async def bindings(self) -> list[dict[str, Any]]:
        """Return the bindings that the customer made, oldest first."""
        return [each for each in await self.vehicles("bindings") if each["user"] == self.user]

    async def confirmations(self) -> list[dict[str, Any]]:
        """Return the sessions of the customer's bindings that others were asked to confirm, oldest first."""
        own = {each["id"] for each in await self.bindings()}
        return [each for each in await self.vehicles("confirmations") if each["binding_id"] in own]

    async def billed(self) -> list[dict[str, Any]]:
        """Return the billing records of the customer's premise, oldest first."""
        return await self.vehicles(f"billing-records?premise_id={self.premise_id}")

    async def add_vehicle(self, vin: str, make: str = "Voltline", model: str = "One", **more: Any) -> dict[str, Any]:
        """Have the utility know a vehicle of the customer."""
        return dict(await self._call("POST", "/vehicles", user=self.user, vin=vin, make=make, model=model, **more))

    async def decide_vehicle(self, what: str, identifier: str, decision: str, **more: Any) -> None:
        """Decide on one of the ``bindings`` or ``confirmations``."""
        await self._call("POST", f"/{what}/{identifier}/{decision}", **more)

    async def bill_otherwise(self, record_id: str, energy_wh: int) -> None:
        """Have the utility bill another energy than was recorded."""
        await self._call("PATCH", f"/billing-records/{record_id}", energy_wh=energy_wh)

    async def set_rate_program(self, program: str, **changes: Any) -> None:
        """Change a rate program; it is every customer's."""
        await self._call("PATCH", f"/rate-programs/{program}", **changes)

    async def neighbour(self) -> SimulatedUtility:
        """Return another customer of the same utility."""
        neighbour = await new_customer(self.session, self.control)
        self.neighbours.append(neighbour)
        return neighbour

    async def revoke(self) -> None:
        """Take back everything the customer allowed."""
        await self._call("POST", f"/users/{self.user}/revoke")

    async def suspend_account(self, *, suspended: bool = True) -> None:
        """Suspend the account, or resume it."""
        await self._call("POST", f"/accounts/{self.account['id']}/{'suspend' if suspended else 'resume'}")

    async def close_account(self) -> None:
        """Close the account: the customer has moved away."""
        await self._call("POST", f"/accounts/{self.account['id']}/close")

    async def clear_log(self) -> None:
        """Forget the requests that were made: other tests have had customers here."""
        await self._call("DELETE", "/log")

    async def log(self) -> list[dict[str, Any]]:
        """Return the latest requests to the API."""
        return list(await self._call("GET", "/log"))

    async def sign_in(self, authorize_url: str, *, allow: bool = True) -> URL:
        """Allow what a client asks for, or not, as the customer does on the utility's page; return where to."""
        form = {"user": self.user, "password": "demo", "allow": "yes" if allow else "no"}
        async with self.session.post(URL(authorize_url, encoded=True), data=form, allow_redirects=False) as response:
            assert response.status == 302, await response.text()
            return URL(response.headers["Location"])

    async def permit(self, redirect: str = REDIRECT) -> tuple[str, dict[str, Any]]:
        """Sign in for a client that is new to the utility; return its id, and the token it is granted."""
        registration = {"redirect_uris": [redirect], "client_name": "Test"}
        async with self.session.post(f"{self.url}/oauth/register", json=registration) as response:
            client_id: str = (await response.json())["client_id"]
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = URL(f"{self.url}/oauth/authorize").with_query(
            response_type="code",
            client_id=client_id,
            redirect_uri=redirect,
            code_challenge=challenge,
            code_challenge_method="S256",
        )
        code = (await self.sign_in(str(asked))).query["code"]
        grant = {
            "grant_type": "authorization_code",
            "code": code,
            "client_id": client_id,
            "redirect_uri": redirect,
            "code_verifier": verifier,
        }
        async with self.session.post(f"{self.url}/oauth/token", data=grant) as response:
            return client_id, await response.json()

    async def client(self) -> HanApi:
        """Return our own client, signed in."""
        self.client_id, self.token = await self.permit()

        async def token() -> str:
            return str(self.token["access_token"])

        return HanApi(self.session, self.api_base, token)


async def new_customer(session: aiohttp.ClientSession, control: str) -> SimulatedUtility:
    """Return a customer that the utility behind the control endpoint did not have before."""
    async with session.get(f"{control}/utility") as response:
        url = (await response.json())["url"]
    name = f"customer-{secrets.token_hex(6)}"
    async with session.post(f"{control}/utility/users", json={"name": name}) as response:
        return SimulatedUtility(session, control, url, await response.json())


@pytest.fixture
async def utility(simulator_url: str) -> AsyncIterator[SimulatedUtility]:
    """A customer of the simulated utility, new for each test, whose utility works fast and without faults."""
    async with aiohttp.ClientSession() as session:
        utility = await new_customer(session, simulator_url)
        await utility.clear_log()
        await utility.set(
            approval="auto",
            session_confirmation="auto",
            models="all",
            stage_seconds=0.02,
            answer_seconds=30.0,
            commission_seconds=0.02,
            token_seconds=600.0,
        )
        yield utility
        await utility.mend()
        for customer in (utility, *utility.neighbours):
            async with session.delete(f"{simulator_url}/utility/users/{customer.user}"):
                pass
    await asyncio.sleep(0)
