"""The simulator's VTN, by its control endpoint."""

import secrets

import requests

from tests.helpers.simulated_vtn import SimulatedVtn
from tests.openadr.served import Credentials, Role


class Simulated:
    """The simulated VTN as the one that tests run against."""

    tokens_outlive_clients = False

    def __init__(self, vtn: SimulatedVtn) -> None:
        self._vtn = vtn
        self.url = vtn.url
        self.ca = vtn.ca

    def _call(self, method: str, path: str, said: dict[str, str] | None = None) -> None:
        response = requests.request(method, f"{self._vtn.control}/vtn{path}", json=said, timeout=60)
        assert response.ok, response.text

    def new_client(self, role: Role, client_id: str | None = None) -> Credentials:
        """Make a client with all that its role may do."""
        made = Credentials(client_id or f"{role}-{secrets.token_hex(8)}", secrets.token_hex(16))
        self._vtn.names.append(made.client_id)
        self._call("POST", "/clients", vars(made) | {"role": role})
        return made

    def remove_client(self, client_id: str) -> None:
        """Forget a client and its tokens."""
        self._call("DELETE", f"/clients/{client_id}")

    def have_broker(self) -> None:
        """Start Mosquitto."""
        self._call("PUT", "/mqtt", {"authentication": "token"})

    def delete(self, kind: str, identifier: str) -> None:
        """Take one object away, as a person of the utility may."""
        self._call("DELETE", f"/{kind}/{identifier}")
