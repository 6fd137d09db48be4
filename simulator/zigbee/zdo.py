"""What the meter answers to requests about nodes and endpoints (Zigbee specification, 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zigpy import types as t
from zigpy.zdo import types as zdo_t
from zigpy.zdo.types import ZDOCmd

from simulator.zigbee.air import SMART_ENERGY
from simulator.zigbee.network import Network, address

_ENERGY_SERVICE_INTERFACE = 0x0500
_NEIGHBORS_PER_ANSWER = 2
_SHORTEST = {ZDOCmd.Simple_Desc_req: 3, ZDOCmd.Mgmt_Lqi_req: 1}
"""Bytes that requests have at least."""


def answer(
    network: Network, cluster: int, payload: bytes, servers: Mapping[int, tuple[int, ...]]
) -> tuple[int, bytes] | None:
    """The cluster and payload of an answer, with the clusters that each endpoint serves; None where there is none.

    A request that ends early has none.
    """
    tsn, request = payload[:1], payload[1:]
    if len(request) < _SHORTEST.get(cluster, 0):
        return None
    match cluster:
        case ZDOCmd.Active_EP_req:
            return _response(
                ZDOCmd.Active_EP_rsp, tsn, zdo_t.Status.SUCCESS, t.NWK(0), t.LVList[t.uint8_t](list(servers))
            )
        case ZDOCmd.Simple_Desc_req:
            endpoint = request[2]
            if endpoint not in servers:
                return _response(ZDOCmd.Simple_Desc_rsp, tsn, zdo_t.Status.INVALID_EP, t.NWK(0), t.uint8_t(0))
            descriptor = zdo_t.SizePrefixedSimpleDescriptor(
                endpoint=endpoint,
                profile=SMART_ENERGY,
                device_type=_ENERGY_SERVICE_INTERFACE,
                device_version=0,
                input_clusters=list(servers[endpoint]),
                output_clusters=[],
            )
            return _response(ZDOCmd.Simple_Desc_rsp, tsn, zdo_t.Status.SUCCESS, t.NWK(0), descriptor)
        case ZDOCmd.IEEE_addr_req:
            return _response(
                ZDOCmd.IEEE_addr_rsp, tsn, zdo_t.Status.SUCCESS, address(network.eui64), t.NWK(0), None, None, None
            )
        case ZDOCmd.Mgmt_Lqi_req:
            return _response(ZDOCmd.Mgmt_Lqi_rsp, tsn, zdo_t.Status.SUCCESS, _neighbors(network, request[0]))
    return None


def _response(command: ZDOCmd, tsn: bytes, *values: Any) -> tuple[int, bytes]:
    body = b"".join(value.serialize() for value in values if value is not None)
    return int(command), tsn + body


def _neighbors(network: Network, first: int) -> zdo_t.Neighbors:
    """The neighbour table from an index on: the members whose radios are on."""
    known = [(eui64, network.members[eui64]) for eui64 in network.members if network.node(eui64) is not None]
    shown = [
        zdo_t.Neighbor(
            extended_pan_id=t.ExtendedPanId(address(network.eui64)),
            ieee=address(bytes.fromhex(eui64)),
            nwk=t.NWK(member.nwk),
            device_type=zdo_t.Neighbor.DeviceType.EndDevice,
            rx_on_when_idle=zdo_t.Neighbor.RxOnWhenIdle.On,
            relationship=zdo_t.Neighbor.RelationShip.Child,
            reserved1=0,
            permit_joining=zdo_t.Neighbor.PermitJoins.NotAccepting,
            reserved2=0,
            depth=1,
            lqi=network.lqi,
        )
        for eui64, member in known[first : first + _NEIGHBORS_PER_ANSWER]
    ]
    return zdo_t.Neighbors(Entries=len(known), StartIndex=first, NeighborTableList=t.LVList[zdo_t.Neighbor](shown))
