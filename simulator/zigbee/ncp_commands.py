"""What the co-processor does for each EZSP command (Silicon Labs UG100); any other is accepted and does nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import bellows.types as t

from simulator.zigbee.ncp_node import NcpNode
from simulator.zigbee.network import address

UNSUPPORTED = frozenset({"customFrame", "getTokenData", "setTokenData", "getCertificate283k1"})
_SECURITY_LEVEL = 5
_VERSION_INFO = bytes([0x00, 0x00, 7, 4, 3, 0])


def nothing(schema: Any) -> dict[str, Any]:
    """An answer of zeros: success, and nothing to tell."""
    if isinstance(schema, dict):
        return {name: kind.deserialize(bytes(300))[0] for name, kind in schema.items()}
    return {field.name: field.type.deserialize(bytes(300))[0] for field in schema.fields}


def typed(kind: Any, value: Any) -> Any:
    """``value`` as an answer's schema has it."""
    if issubclass(kind, t.sl_Status):
        return t.sl_Status.from_ember_status(value)
    return value if isinstance(value, kind) else kind(value)


def _eui64(node: NcpNode) -> dict[str, Any]:
    return {"eui64": address(node.eui64)}


def _node_id(node: NcpNode) -> dict[str, Any]:
    return {"nodeId": t.EmberNodeId(node.membership.nwk if node.membership else 0xFFFE)}


def _network_state(node: NcpNode) -> dict[str, Any]:
    return {"status": node.state}


def _network_init(node: NcpNode, **_: Any) -> dict[str, Any]:
    return {"status": node.network_init()}


def _parameters(node: NcpNode) -> dict[str, Any]:
    known = node.membership
    if known is None:
        return {"status": t.EmberStatus.NOT_JOINED}
    parameters = t.EmberNetworkParameters(
        extendedPanId=t.ExtendedPanId(address(bytes.fromhex(known.extended_pan_id))),
        panId=known.pan_id,
        radioTxPower=8,
        radioChannel=known.channel,
        joinMethod=t.EmberJoinMethod.USE_MAC_ASSOCIATION,
        nwkManagerId=0,
        nwkUpdateId=0,
        channels=t.Channels.ALL_CHANNELS,
    )
    return {"nodeType": t.EmberNodeType(known.node_type), "parameters": parameters}


def _start_scan(node: NcpNode, *, scanType: Any, channelMask: Any, duration: Any) -> None:
    node.scan(scanType, channelMask)


def _security(node: NcpNode, *, state: t.EmberInitialSecurityState) -> None:
    node.link_key = bytes(state.preconfiguredKey.serialize())


def _current_security(node: NcpNode) -> dict[str, Any]:
    state = t.EmberCurrentSecurityState(
        bitmask=t.EmberCurrentSecurityBitmask.HAVE_TRUST_CENTER_LINK_KEY,
        trustCenterLongAddress=address(bytes.fromhex(node.membership.extended_pan_id))
        if node.membership
        else t.EUI64.convert("00:00:00:00:00:00:00:00"),
    )
    return {"state": state}


def _join(node: NcpNode, *, nodeType: Any, parameters: Any) -> dict[str, Any]:
    if node.state == t.EmberNetworkStatus.JOINED_NETWORK:
        return {"status": t.EmberStatus.INVALID_CALL}
    node.join(nodeType, parameters)
    return {}


def _rejoin(node: NcpNode, **_: Any) -> None:
    node.rejoin()


def _leave(node: NcpNode, **_: Any) -> dict[str, Any]:
    return {"status": node.leave()}


def _add_endpoint(node: NcpNode, *, endpoint: int, **_: Any) -> dict[str, Any]:
    if node.state == t.EmberNetworkStatus.JOINED_NETWORK:
        return {"status": t.EzspStatus.ERROR_INVALID_CALL}
    node.endpoints.add(int(endpoint))
    return {}


def _send_unicast(
    node: NcpNode,
    *,
    type: Any,
    indexOrDestination: int,
    apsFrame: Any,
    messageTag: int,
    messageContents: bytes,
) -> dict[str, Any]:
    node.send(apsFrame, int(indexOrDestination), int(messageTag), bytes(messageContents))
    return {"sequence": t.uint8_t(node.sequence)}


def _value(node: NcpNode, *, valueId: Any) -> dict[str, Any]:
    if valueId == t.EzspValueId.VALUE_VERSION_INFO:
        return {"value": t.LVBytes(_VERSION_INFO)}
    return {"value": t.LVBytes(bytes(4))}


def _configuration(node: NcpNode, *, configId: Any) -> dict[str, Any]:
    return {"value": t.uint16_t(_SECURITY_LEVEL if configId == t.EzspConfigId.CONFIG_SECURITY_LEVEL else 8)}


def _token(node: NcpNode, *, tokenId: Any) -> dict[str, Any]:
    texts = {
        t.EzspMfgTokenId.MFG_STRING: b"Simulated".ljust(16, b"\xff"),
        t.EzspMfgTokenId.MFG_BOARD_NAME: b"EZSP radio".ljust(16, b"\xff"),
        t.EzspMfgTokenId.MFG_CUSTOM_EUI_64: b"\xff" * 8,
        t.EzspMfgTokenId.MFG_INSTALLATION_CODE: _installation_token(node.install_code),
    }
    return {"tokenData": t.LVBytes(texts.get(tokenId, b""))}


def _installation_token(code: bytes) -> bytes:
    """The token: two bytes of flags that say its length, 16 for the code, two for its CRC (UG100, AN714)."""
    if not code:
        return b"\xff" * 20
    length = {6: 0, 8: 2, 12: 4, 16: 6}[len(code) - 2]
    return length.to_bytes(2, "little") + code[:-2].ljust(16, b"\xff") + code[-2:]


def _parent(node: NcpNode) -> dict[str, Any]:
    return {"childCount": 0, "parentEui64": address(node.network.eui64), "parentNodeId": t.EmberNodeId(0)}


def _neighbor(node: NcpNode, *, index: int) -> dict[str, Any]:
    if index:
        return {"status": t.EmberStatus.ERR_FATAL}
    entry = t.EmberNeighborTableEntry(
        shortId=0, averageLqi=node.network.lqi, inCost=1, outCost=1, age=3, longId=address(node.network.eui64)
    )
    return {"value": entry}


def _export_key(node: NcpNode, *, context: Any) -> dict[str, Any]:
    known = node.membership
    network = context.core_key_type == t.SecurityManagerKeyType.NETWORK
    key = bytes.fromhex(known.network_key if network else known.link_key) if known else bytes(16)
    return {"key": t.KeyData(key)}


def _network_key_info(node: NcpNode) -> dict[str, Any]:
    known = node.membership
    info = t.SecurityManagerNetworkKeyInfo(
        network_key_set=known is not None,
        alternate_network_key_set=False,
        network_key_sequence_number=known.key_sequence if known else 0,
        alt_network_key_sequence_number=0,
        network_key_frame_counter=known.frame_counter if known else 0,
    )
    return {"network_key_info": info}


def _lookup(node: NcpNode, **_: Any) -> dict[str, Any]:
    return {"eui64": address(node.network.eui64)}


def _certificate(node: NcpNode) -> dict[str, Any]:
    found = node.certificate()
    if found is None:
        return {"status": t.EmberStatus.ERR_FATAL}
    return {"localCert": t.EmberCertificateData(found)}


def _generate(node: NcpNode) -> dict[str, Any]:
    if node.certificate() is None:
        return {"status": t.EmberStatus.ERR_FATAL}
    node.generate_keys()
    return {"status": t.EmberStatus.OPERATION_IN_PROGRESS}


def _smacs(
    node: NcpNode,
    *,
    amInitiator: bool,
    partnerCertificate: Any,
    partnerEphemeralPublicKey: Any,
) -> dict[str, Any]:
    node.calculate(
        bool(amInitiator), bytes(partnerCertificate.serialize()), bytes(partnerEphemeralPublicKey.serialize())
    )
    return {"status": t.EmberStatus.OPERATION_IN_PROGRESS}


def _store_link_key(node: NcpNode, *, storeLinkKey: bool) -> None:
    node.finish(bool(storeLinkKey))


def _counters(node: NcpNode) -> dict[str, Any]:
    return {"values": [t.uint16_t(0)] * len(t.EmberCounterType)}


HANDLERS: Mapping[str, Callable[..., dict[str, Any] | None]] = {
    "getEui64": _eui64,
    "getNodeId": _node_id,
    "networkState": _network_state,
    "networkInit": _network_init,
    "networkInitExtended": _network_init,
    "getNetworkParameters": _parameters,
    "startScan": _start_scan,
    "setInitialSecurityState": _security,
    "getCurrentSecurityState": _current_security,
    "joinNetwork": _join,
    "findAndRejoinNetwork": _rejoin,
    "leaveNetwork": _leave,
    "addEndpoint": _add_endpoint,
    "sendUnicast": _send_unicast,
    "getValue": _value,
    "getConfigurationValue": _configuration,
    "getMfgToken": _token,
    "getParentChildParameters": _parent,
    "getNeighbor": _neighbor,
    "neighborCount": lambda _: {"value": t.uint8_t(1)},
    "exportKey": _export_key,
    "getNetworkKeyInfo": _network_key_info,
    "lookupEui64ByNodeId": _lookup,
    "getCertificate": _certificate,
    "readCounters": _counters,
    "readAndClearCounters": _counters,
    "generateCbkeKeys": _generate,
    "calculateSmacs": _smacs,
    "clearTemporaryDataMaybeStoreLinkKey": _store_link_key,
}
"""By the name of the command; each returns what its answer says besides success and zeros."""
