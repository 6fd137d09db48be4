"""Lists and addresses of a server that is broken, or means harm."""

import ast
from pathlib import Path
from typing import cast

import pytest
from aio2030dot5 import MeterProtocolError
from py20305.models import sep

from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.ieee2030_5 import resources
from custom_components.utility_han.gateway.ieee2030_5.addresses import local_path
from custom_components.utility_han.gateway.ieee2030_5.connection import ConnectionSession
from custom_components.utility_han.gateway.ieee2030_5.reader import Reader

NAMESPACE = "urn:ieee:std:2030.5:ns"


class Endless:
    """A session whose list never ends: it claims more than it gives, and gives the same page whatever is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def get(self, href: str) -> bytes:
        """Return a page of subscriptions."""
        self.asked.append(href)
        entry = (
            "<Subscription><subscribedResource>/a</subscribedResource><encoding>0</encoding><level>+S1</level>"
            "<limit>1</limit><notificationURI>http://[::1]/</notificationURI></Subscription>"
        )
        page = f'<SubscriptionList xmlns="{NAMESPACE}" all="4000000000" results="255">{entry * 255}</SubscriptionList>'
        return page.encode()


async def test_list_without_an_end_is_left() -> None:
    session = Endless()
    with pytest.raises(GatewayError) as caught:
        await Reader(cast("ConnectionSession", session)).pages(
            "/sub?of=us", sep.SubscriptionList, lambda page: page.subscription
        )
    assert caught.value.reason is Reason.TOO_LARGE
    assert session.asked[:2] == ["/sub?of=us&s=0&l=25", "/sub?of=us&s=255&l=25"]
    assert len(session.asked) < 50


def test_everything_that_is_read_is_built_beforehand() -> None:
    read = set()
    for file in Path(resources.__file__).parent.glob("*.py"):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in ("get", "pages", "parse"):
                read |= {ast.unparse(each) for each in call.args if ast.unparse(each).startswith("sep.")}
    assert "sep.EndDevice" in read
    assert read <= {f"sep.{model.__name__}" for model in resources.USED}


@pytest.mark.parametrize("href", ["http://[x", "//[", "https://[::1/edev"])
def test_address_that_is_none_is_a_fault_of_the_gateway(href: str) -> None:
    with pytest.raises(MeterProtocolError):
        local_path(href)
