"""Forms of the hub's flows that hold no logic."""

from collections.abc import Iterable, Mapping

import probatio
from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_LOCATION, CONF_NAME, CONF_PIN, CONF_PORT
from homeassistant.helpers.selector import (
    AreaSelector,
    EntitySelector,
    EntitySelectorConfig,
    LocationSelector,
    LocationSelectorConfig,
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
from ...gateway import LinkSecurity, Signal, SignalQuality
from ...procedures import HUB_KINDS, DeviceKind
from .choices import choice, choice_or_other

CONF_SFDI = "sfdi"
CONF_CERTIFICATE = "certificate"
CONF_KEY = "key"
CONF_PASSPHRASE = "passphrase"  # noqa: S105 - the name of a field
CONF_SERIES = "series"
CONF_GATEWAY = "gateway"

_MULTILINE = TextSelector(TextSelectorConfig(multiline=True))
_SECRET = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
_PORT = probatio.All(
    NumberSelector(NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX)),
    probatio.Coerce(int),
)


def _read_only_text(*, multiline: bool = False) -> TextSelector:
    return TextSelector(TextSelectorConfig(read_only=True, multiline=multiline))


def _read_only_choice(options: Iterable[str], translation_key: str) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options),
            translation_key=translation_key,
            mode=SelectSelectorMode.DROPDOWN,
            read_only=True,
        )
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


def location(signal: Signal | None) -> probatio.Schema:
    """IP-1: where the device is, of which kind, and what was measured there."""
    quality = signal.quality if signal else SignalQuality.TOO_WEAK
    return probatio.Schema(
        {
            probatio.Optional("signal", default=quality.value): _read_only_choice(SignalQuality, "signal"),
            probatio.Required(CONF_KIND, default=DeviceKind.ENERGY_MANAGEMENT_SYSTEM.value): SelectSelector(
                SelectSelectorConfig(options=list(HUB_KINDS), translation_key=CONF_KIND)
            ),
            probatio.Optional(CONF_AREA): AreaSelector(),
        }
    )


def premises(name: str, latitude: float, longitude: float) -> probatio.Schema:
    """IP-4: the premise, its place, and whom to tell in the end."""
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME, default=name): TextSelector(),
            probatio.Required(CONF_LOCATION, default={"latitude": latitude, "longitude": longitude}): LocationSelector(
                LocationSelectorConfig(radius=False)
            ),
            probatio.Optional(CONF_NOTIFY): EntitySelector(EntitySelectorConfig(domain=NOTIFY_DOMAIN)),
        }
    )


def _qr_code(text: str) -> QrCodeSelector:
    return QrCodeSelector(QrCodeSelectorConfig(data=text, scale=5))


def to_scan(text: str) -> probatio.Schema:
    """What goes to the utility out-of-band, to scan: the LFDI grouped for reading, or what labels of devices say."""
    return probatio.Schema({probatio.Optional("qr"): _qr_code(text)})


def in_band(lfdi: str) -> probatio.Schema:
    """IP-5, in-band: the PIN, and the LFDI to scan for whoever is to be told both."""
    return probatio.Schema(
        {
            probatio.Required(CONF_PIN): TextSelector(TextSelectorConfig(autocomplete="one-time-code")),
            probatio.Optional("qr"): _qr_code(lfdi),
        }
    )


def commissioned(signal: str, security: str, instructions: str | None) -> probatio.Schema:
    """IP-10 and IP-11: the signal, by what the link is secured, and what the gateway says about registration."""
    fields: dict[probatio.Optional, SelectSelector | TextSelector] = {
        probatio.Optional("signal", default=signal): _read_only_choice(SignalQuality, "signal"),
        probatio.Optional("security", default=security): _read_only_choice(LinkSecurity, "security"),
    }
    if instructions:
        fields[probatio.Optional("instructions", default=instructions)] = _read_only_text(multiline=True)
    return probatio.Schema(fields)


def exported(pem: str) -> probatio.Schema:
    """The exported identity, to copy."""
    return probatio.Schema({probatio.Optional("pem", default=pem): _read_only_text(multiline=True)})


RADIO = probatio.Schema({probatio.Required(CONF_DEVICE): SerialPortSelector()})
INSTALL_CODE = probatio.Schema({probatio.Required(CONF_INSTALL_CODE): TextSelector()})


def networks(options: Mapping[str, str]) -> probatio.Schema:
    """Choose among networks heard; ``options`` maps extended PAN ids to labels, the best heard first."""
    if not options:
        return probatio.Schema({})
    return probatio.Schema({probatio.Required(CONF_NETWORK, default=next(iter(options))): choice(options)})


def meters(options: Mapping[str, str], chosen: str | None) -> probatio.Schema:
    """Choose among the meters of a stick; ``options`` maps EUI64s to labels, the first unless one was ``chosen``."""
    default = chosen if chosen in options else next(iter(options))
    return probatio.Schema({probatio.Required(CONF_METER, default=default): choice(options)})
