"""What can go wrong between us and a gateway, as a closed list of reasons a person can be told."""

from enum import StrEnum


class Reason(StrEnum):
    """Why something did not work. Each has its own words and next step in the translations."""

    PORTAL_PENDING = "portal_pending"
    """The certificate has never been accepted yet: the utility has still to register its LFDI."""
    CERTIFICATE_REFUSED = "certificate_refused"
    """The certificate was accepted before and is refused now."""
    CERTIFICATE_EXPIRED = "certificate_expired"
    UNREACHABLE = "unreachable"
    """No TCP connection: wrong address, powered off, other network."""
    GATEWAY_SILENT = "gateway_silent"
    """It takes the connection and does not answer, or breaks it off."""
    GATEWAY_BUSY = "gateway_busy"
    WRONG_GATEWAY = "wrong_gateway"
    """Another device answers at the address: its certificate is not the pinned one."""
    NOT_2030_5 = "not_2030_5"
    """What answers is no IEEE 2030.5 server."""
    TLS_FAILED = "tls_failed"
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    HTTP_ERROR = "http_error"
    NOT_FOUND = "not_found"
    NOT_ALLOWED = "not_allowed"
    """The gateway lets us in, and refuses us one request: what it is about is another's, who has to speak for it."""
    WRONG_PIN = "wrong_pin"
    REGISTRATION_REFUSED = "registration_refused"
    """The gateway takes no registration from us in-band."""
    NOT_LISTED = "not_listed"
    """The gateway's own list of devices does not hold ours."""
    NO_LONGER_REGISTERED = "no_longer_registered"
    """The gateway lists Home Assistant as disabled: it is registered no more (EndDevice.enabled)."""
    CLOCK_OFF = "clock_off"
    NO_READINGS = "no_readings"
    READINGS_DOUBTED = "readings_doubted"
    """What it tells of its registers does not follow on what it told before, and is not shown."""
    UNEXPECTED = "unexpected"
    """Reading ended in an error that nobody thought of: ours, or a library's."""
    RADIO_GONE = "radio_gone"
    """Zigbee: the radio does not answer: pulled out, or its port is somebody else's."""
    NO_NETWORK = "no_network"
    """Zigbee: the meter's network is not heard."""
    WRONG_INSTALL_CODE = "wrong_install_code"
    """Zigbee: the meter has another link key for the radio than its install code gives."""
    LEFT_NETWORK = "left_network"
    """Zigbee: the radio is on the meter's network no more: the meter told it to leave, or it was reset."""
    NOT_AUTHORIZED = "not_authorized"
    """Zigbee: the meter tells nothing without a link key by certificate, or key establishment failed."""


ABOUT_RESOURCE = frozenset(
    {Reason.NOT_FOUND, Reason.NOT_ALLOWED, Reason.HTTP_ERROR, Reason.MALFORMED, Reason.TOO_LARGE}
)
"""Reasons that say something of one resource, and nothing of the gateway or the way to it."""

AWAY = frozenset(
    {Reason.GATEWAY_SILENT, Reason.UNREACHABLE, Reason.GATEWAY_BUSY, Reason.RADIO_GONE, Reason.NO_NETWORK}
)
"""Reasons that say only that the gateway does not answer now."""


class GatewayError(Exception):
    """The gateway could not do what was asked.

    ``reason`` is for people and automations, the message for the log; neither holds a secret.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def unexpected(err: Exception) -> GatewayError:
    """Return ``err``, which nobody thought of, as an error like others; its words may hold what was read."""
    return GatewayError(Reason.UNEXPECTED, type(err).__name__)
