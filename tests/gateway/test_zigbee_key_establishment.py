"""Key establishment that does not come to its end: what is said, and what is told to the meter."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, MagicMock

import pytest
from bellows import types as t
from bellows.exception import InvalidCommandError
from zigpy.types import Bytes
from zigpy.zcl.foundation import ZCLHeader

from custom_components.utility_han.gateway.errors import GatewayError, Reason
from custom_components.utility_han.gateway.zigbee import cbke
from custom_components.utility_han.gateway.zigbee.clusters import KeyEstablishment
from tests.helpers.said_meter import SaidMeter, from_meter

pytestmark = pytest.mark.use_case("IP-7")

_KEYS = KeyEstablishment.ClientCommandDefs
CERTIFICATE, CODE = bytes(range(48)), bytes(range(16))
BAD_KEY_CONFIRM = bytes.fromhex("03 02 0a 0100")
"""Terminate Key Establishment: command, status, wait time, suite. The client of ``com.zsmartsystems.zigbee`` gives the
same where the meter's code is wrong (``terminateKeyEstablishment``: BAD_KEY_CONFIRM, 10 seconds, crypto suite 1)."""
BAD_MESSAGE = bytes.fromhex("03 03 0a 0100")


class Partner(SaidMeter):
    """A meter that answers each step; ``said`` is what it answers otherwise, by the command."""

    def __init__(self, **said: Any) -> None:
        super().__init__(self._step)
        self.said = {
            0: _KEYS.initiate_key_establishment.schema(
                suite=1, ephemeral_data_generate_time=1, confirm_key_generate_time=1, identity=Bytes(CERTIFICATE)
            ),
            1: _KEYS.ephemeral_data.schema(ephemeral=Bytes(bytes(22))),
            2: _KEYS.confirm_key_data.schema(mac=Bytes(CODE)),
        } | {getattr(_KEYS, name).id: value for name, value in said.items()}
        self.heard: list[bytes] = []

    def _step(self, _cluster: int, asked: bytes) -> list[bytes]:
        header, rest = ZCLHeader.deserialize(asked)
        self.heard.append(bytes([header.command_id]) + rest)
        if (answer := self.said.get(header.command_id)) is None:
            return []
        number = _KEYS.terminate.id if isinstance(answer, _KEYS.terminate.schema) else header.command_id
        return [from_meter(header.tsn, number, answer.serialize())]


def radio_of(partner: Partner, **commands: Any) -> tuple[Partner, AsyncMock]:
    """Give the partner's radio EZSP's commands of key establishment; return what ends one."""
    finish = AsyncMock(return_value=[t.sl_Status.OK])
    answers: dict[str, list[Any]] = {
        "generateCbkeKeys": [t.sl_Status.OK, t.EmberPublicKeyData(bytes(22))],
        "calculateSmacs": [t.sl_Status.OK, t.EmberSmacData(bytes(16)), t.EmberSmacData(CODE)],
    }
    callbacks: dict[str, Any] = {}

    def callback_for_commands(names: set[str], take: Any) -> Any:
        (name,) = names
        callbacks[name] = take
        return MagicMock()

    def later(name: str) -> Any:
        async def command(**_arguments: Any) -> list[Any]:
            callbacks[f"{name}Handler"](name, answers[name])
            return [t.sl_Status.IN_PROGRESS]

        return command

    ezsp = {
        "getCertificate": AsyncMock(return_value=[t.sl_Status.OK, t.EmberCertificateData(CERTIFICATE)]),
        "clearTemporaryDataMaybeStoreLinkKey": finish,
        "callback_for_commands": callback_for_commands,
        **{name: later(name) for name in answers},
    }
    partner._ezsp = SimpleNamespace(**ezsp | commands)
    return partner, finish


async def failure_of(partner: Partner) -> GatewayError:
    """Establish a key, which fails; return why."""
    with pytest.raises(GatewayError) as caught:
        await cbke.establish(partner, partner.messenger)
    for reply in list(partner.messenger._replies):
        await reply
    return caught.value


async def test_key_that_both_sides_have_is_kept() -> None:
    partner, finish = radio_of(Partner())
    assert await cbke.establish(partner, partner.messenger)
    finish.assert_awaited_once_with(storeLinkKey=True)
    assert [said[0] for said in partner.heard] == [0, 1, 2]


async def test_meter_whose_code_is_wrong_is_told_that_it_is_over() -> None:
    partner, finish = radio_of(Partner(confirm_key_data=_KEYS.confirm_key_data.schema(mac=Bytes(bytes(16)))))
    assert (await failure_of(partner)).reason is Reason.NOT_AUTHORIZED
    finish.assert_awaited_once_with(storeLinkKey=False)
    assert partner.heard[3:] == [BAD_KEY_CONFIRM]


@pytest.mark.parametrize(
    "said",
    [
        {
            "initiate_key_establishment": _KEYS.initiate_key_establishment.schema(
                suite=1, ephemeral_data_generate_time=1, confirm_key_generate_time=1, identity=Bytes(bytes(47))
            )
        },
        {"ephemeral_data": _KEYS.ephemeral_data.schema(ephemeral=Bytes(bytes(21)))},
        {"confirm_key_data": _KEYS.confirm_key_data.schema(mac=Bytes(bytes(15)))},
    ],
    ids=["certificate", "key", "code"],
)
async def test_meter_whose_part_is_cut_short_is_told_that_it_is_over(said: dict[str, Any]) -> None:
    partner, finish = radio_of(Partner(**said))
    assert (await failure_of(partner)).reason is Reason.MALFORMED
    finish.assert_awaited_once_with(storeLinkKey=False)
    assert partner.heard[-1] == BAD_MESSAGE


@pytest.mark.parametrize("step", ["initiate_key_establishment", "ephemeral_data", "confirm_key_data"])
async def test_meter_that_ends_it_is_told_nothing_more(step: str) -> None:
    refusal = _KEYS.terminate.schema(status=1, wait_time=30, suite=1)
    partner, finish = radio_of(Partner(**{step: refusal}))
    assert (await failure_of(partner)).reason is Reason.NOT_AUTHORIZED
    finish.assert_awaited_once_with(storeLinkKey=False)
    assert partner.heard[-1][0] == getattr(_KEYS, step).id


async def test_radio_that_refuses_its_part_at_once_says_why() -> None:
    refused = AsyncMock(return_value=[t.EmberStatus.INVALID_CALL])
    partner, finish = radio_of(Partner(), calculateSmacs=refused)
    err = await failure_of(partner)
    assert (err.reason, "INVALID_CALL" in str(err.detail)) == (Reason.NOT_AUTHORIZED, True)
    finish.assert_awaited_once_with(storeLinkKey=False)


@pytest.mark.parametrize(
    "read",
    [
        AsyncMock(side_effect=InvalidCommandError("no such command")),
        AsyncMock(return_value=[t.EmberStatus.ERR_FATAL, t.EmberCertificateData(CERTIFICATE)]),
        AsyncMock(return_value=[t.sl_Status.OK, t.EmberCertificateData(bytes(48))]),
        None,
    ],
    ids=["unknown command", "none", "empty", "older firmware"],
)
async def test_radio_without_a_certificate_establishes_nothing(read: AsyncMock | None) -> None:
    partner, finish = radio_of(Partner(), getCertificate=read)
    assert not await cbke.establish(partner, partner.messenger)
    finish.assert_not_awaited()
    assert partner.heard == []
