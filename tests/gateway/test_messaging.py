"""Text messages of several programs, of which one cannot be read."""

import pytest

from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.gateway.ieee2030_5.identity import Identity
from tests.conftest import PACING, TIMEOUTS
from tests.helpers import canned

pytestmark = pytest.mark.use_case("IP-8")


def program(number: int) -> str:
    """Return a MessagingProgram."""
    return (
        f'<MessagingProgram href="/msg/{number}"><mRID>0{number}</mRID><locale>en</locale><primacy>{number}</primacy>'
        f'<TextMessageListLink href="/msg/{number}/txt" all="1"/></MessagingProgram>'
    )


def messages(number: int) -> str:
    """Return the one TextMessage of a program, which is in force."""
    return (
        f'<TextMessageList href="/msg/{number}/txt" all="1" results="1"><TextMessage href="/msg/{number}/txt/1">'
        f"<mRID>A{number}</mRID><creationTime>1790000000</creationTime><EventStatus><currentStatus>1</currentStatus>"
        "<dateTime>1790000000</dateTime><potentiallySuperseded>false</potentiallySuperseded></EventStatus>"
        "<interval><duration>3600</duration><start>1790000000</start></interval><priority>1</priority>"
        f"<textMessage>Of program {number}</textMessage></TextMessage></TextMessageList>"
    )


async def test_program_that_cannot_be_read_loses_no_other(identity: Identity) -> None:
    resources: dict[str, canned.Body] = {
        "/dcap": '<DeviceCapability href="/dcap"><MessagingProgramListLink href="/msg" all="2"/></DeviceCapability>',
        "/msg": '<MessagingProgramList href="/msg" all="2" results="2">'
        f"{program(1)}{program(2)}</MessagingProgramList>",
        "/msg/1/txt": 500,
        "/msg/2/txt": messages(2),
    }
    with canned.serving(resources) as server:
        client = await Ieee2030_5Gateway.create(
            server.host, server.port, identity, expected_lfdi=server.lfdi, pacing=PACING, timeouts=TIMEOUTS
        )
        assert [each.text for each in await client.messages()] == ["Of program 2"]
        server.resources["/msg/2/txt"] = 403
        with pytest.raises(GatewayError) as caught:
            await client.messages()
        assert caught.value.reason is Reason.HTTP_ERROR
        server.resources |= {"/msg/1/txt": messages(1), "/msg/2/txt": messages(2)}
        assert [each.text for each in await client.messages()] == ["Of program 1", "Of program 2"]
