"""ZCL frames as bytes, by zigpy's types (Zigbee Cluster Library, chapter 2)."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

from zigpy import types as t
from zigpy.zcl import foundation
from zigpy.zcl.foundation import Direction, GeneralCommand, Status, ZCLHeader

EPOCH = 946_684_800
"""2000-01-01 UTC, from which Zigbee counts its seconds, in Unix time."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as it came in."""

    header: ZCLHeader
    payload: bytes

    @property
    def is_general(self) -> bool:
        """Whether it is a command of all clusters."""
        return bool(self.header.frame_control.frame_type == foundation.FrameType.GLOBAL_COMMAND)


def parse(data: bytes) -> Frame:
    """Take a frame apart; ``ValueError`` where it is cut short."""
    header, payload = ZCLHeader.deserialize(data)
    return Frame(header, payload)


def command(tsn: int, number: int, payload: t.Struct) -> bytes:
    """A cluster's command to its client."""
    header = ZCLHeader.cluster(tsn, number, direction=Direction.Server_to_Client)
    return bytes(header.serialize() + payload.serialize())


def general(tsn: int, number: GeneralCommand, payload: bytes) -> bytes:
    """A command of all clusters to a client."""
    header = ZCLHeader.general(tsn, number, direction=Direction.Server_to_Client)
    return bytes(header.serialize() + payload)


def default_response(tsn: int, number: int, status: Status) -> bytes:
    """The answer to what has no other."""
    return general(tsn, GeneralCommand.Default_Response, bytes([number, status]))


def read_response(frame: Frame, attributes: Mapping[int, Any], lost: Container[int] = ()) -> bytes:
    """The answer to Read Attributes: zigpy values by id; what is not there is said to be unsupported, or ``lost``."""
    records = b""
    payload = frame.payload
    while len(payload) >= 2:
        number, payload = t.uint16_t.deserialize(payload)
        if number in lost:
            continue
        if (value := attributes.get(number)) is None:
            records += number.serialize() + Status.UNSUPPORTED_ATTRIBUTE.serialize()
        else:
            record = foundation.ReadAttributeRecord(number, Status.SUCCESS, type_value(value))
            records += record.serialize()
    return general(frame.header.tsn, GeneralCommand.Read_Attributes_rsp, records)


def type_value(value: Any) -> foundation.TypeValue:
    """A zigpy value with the id of its type."""
    return foundation.TypeValue(foundation.DataType.from_python_type(type(value)).type_id, value)
