"""Forms of the hub's flows that hold no logic."""

from collections.abc import Mapping, Sequence
from typing import Any

import probatio
from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_NAME, CONF_PIN, CONF_PORT
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    AreaSelector,
    EntitySelector,
    EntitySelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    QrCodeSelector,
    QrCodeSelectorConfig,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    SerialPortSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ...const import CONF_AREA, CONF_INSTALL_CODE, CONF_KIND, CONF_METER, CONF_NETWORK, CONF_NOTIFY, DEFAULT_PORT
from ...procedures import HUB_KINDS, DeviceKind, Method
from ..bounds import NAME
from .choices import choice, choice_or_other

CONF_SFDI = "sfdi"
CONF_CERTIFICATE = "certificate"
CONF_KEY = "key"
CONF_PASSPHRASE = "passphrase"  # noqa: S105 - the name of a field
CONF_SERIES = "series"
CONF_GATEWAY = "gateway"
CONF_MORE = "more"
CONF_WAY = "way"
CONF_KNOWN_AS = "known_as"
CONF_QR = "qr"

_MULTILINE = TextSelector(TextSelectorConfig(multiline=True))
_NOTIFIED = EntitySelector(EntitySelectorConfig(domain=NOTIFY_DOMAIN))
_SECRET = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
_PORT = probatio.All(
    NumberSelector(NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX)),
    probatio.Coerce(int),
)


def gateways(options: Mapping[str, str], other: str | None = None) -> probatio.Schema:
    """Choose among gateways by their SFDI, or say that it is the ``other`` one."""
    selector = choice(options) if other is None else choice_or_other(options, other, CONF_GATEWAY)
    return probatio.Schema({probatio.Required(CONF_GATEWAY, default=next(iter(options))): selector})


_ADDRESS = {
    probatio.Required(CONF_HOST): TextSelector(),
    probatio.Required(CONF_PORT, default=DEFAULT_PORT): _PORT,
}
ADDRESS_ONLY = probatio.Schema(_ADDRESS)
ADDRESS = probatio.Schema({**_ADDRESS, probatio.Optional(CONF_SFDI): TextSelector()})
REPLACED = probatio.Schema(
    {
        **_ADDRESS,
        probatio.Required(CONF_SERIES, default="continue"): SelectSelector(
            SelectSelectorConfig(
                options=["continue", "anew"], translation_key=CONF_SERIES, mode=SelectSelectorMode.LIST
            )
        ),
    }
)
IDENTITY = probatio.Schema(
    {
        probatio.Required(CONF_CERTIFICATE): _MULTILINE,
        probatio.Required(CONF_KEY): _MULTILINE,
        probatio.Optional(CONF_PASSPHRASE): _SECRET,
    }
)
EXPORT = probatio.Schema({probatio.Required(CONF_PASSPHRASE): _SECRET})


def found(name: str | None) -> dict[probatio.Marker, Any]:
    """IP-1 and IP-4: what the premises are called where that is asked, and where the gateway is shown.

    What hardly anybody changes is folded away.
    """
    named: dict[probatio.Marker, Any] = {}
    notified: dict[probatio.Marker, Any] = {}
    if name is not None:
        named[probatio.Required(CONF_NAME, default=name)] = NAME
        notified[probatio.Optional(CONF_NOTIFY)] = _NOTIFIED
    kind = probatio.Required(CONF_KIND, default=DeviceKind.ENERGY_MANAGEMENT_SYSTEM.value)
    kinds = SelectSelector(SelectSelectorConfig(options=list(HUB_KINDS), translation_key=CONF_KIND))
    return {
        **named,
        probatio.Optional(CONF_AREA): AreaSelector(),
        probatio.Optional(CONF_MORE): section(probatio.Schema({kind: kinds, **notified}), {"collapsed": True}),
    }


def _qr_code(text: str) -> QrCodeSelector:
    return QrCodeSelector(QrCodeSelectorConfig(data=text, scale=5))


def to_scan(text: str) -> probatio.Schema:
    """What goes to the utility out-of-band, to scan: LFDI, SFDI and PIN, or what labels of devices say."""
    return probatio.Schema({probatio.Optional(CONF_QR): _qr_code(text)})


def _ways(ways: Sequence[str], translation_key: str) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=list(ways), translation_key=translation_key, mode=SelectSelectorMode.LIST)
    )


def method(ways: Sequence[str], way: str, label: str) -> probatio.Schema:
    """IP-5: one of the ways, the PIN where one of them takes it, and the ``label`` to scan, folded away beside it."""
    pin = TextSelector(TextSelectorConfig(autocomplete="one-time-code"))
    return probatio.Schema(
        {
            probatio.Required(CONF_WAY, default=way): _ways(ways, "method"),
            **({probatio.Optional(CONF_PIN): pin} if Method.IN_BAND in ways else {}),
            probatio.Optional(CONF_KNOWN_AS): section(
                probatio.Schema({probatio.Optional(CONF_QR): _qr_code(label)}), {"collapsed": way == Method.IN_BAND}
            ),
        }
    )


def install_code(ways: Sequence[str], label: str) -> probatio.Schema:
    """IP-5 and IP-6 over Zigbee: the install code, how the utility is told, and both identifiers to scan."""
    way = {probatio.Required(CONF_WAY, default=ways[0]): _ways(ways, "tell_utility")} if len(ways) > 1 else {}
    return probatio.Schema(
        {
            probatio.Required(CONF_INSTALL_CODE): _MULTILINE,
            **way,
            probatio.Optional(CONF_QR): _qr_code(label),
        }
    )


RADIO = probatio.Schema({probatio.Required(CONF_DEVICE): SerialPortSelector()})


def networks(options: Mapping[str, str]) -> dict[probatio.Marker, Any]:
    """Choose among networks heard; ``options`` maps extended PAN ids to labels, the best heard first."""
    if not options:
        return {}
    return {probatio.Required(CONF_NETWORK, default=next(iter(options))): choice(options)}


def meters(options: Mapping[str, str], chosen: str | None) -> probatio.Schema:
    """Choose among the meters of a stick; ``options`` maps EUI64s to labels, the first unless one was ``chosen``."""
    default = chosen if chosen in options else next(iter(options))
    return probatio.Schema({probatio.Required(CONF_METER, default=default): choice(options)})
