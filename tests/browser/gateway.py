"""What befalls the gateway of a demo while a person looks at the frontend."""

import aiohttp

from script.demo_home.simulator import Simulator


async def control(simulator: Simulator, method: str, path: str, **body: object) -> None:
    """Do something to the gateway as the utility or as bad luck does."""
    url = f"{simulator.control}/gateways/{simulator.gateway['id']}{path}"
    async with aiohttp.ClientSession() as session, session.request(method, url, json=body) as response:
        assert response.status < 300, await response.text()
