"""Forms of the hub's flows that hold no logic."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import probatio
from homeassistant.components.notify import DOMAIN as NOTIFY_DOMAIN
from homeassistant.const import CONF_DEVICE, CONF_HOST, CONF_NAME, CONF_PIN, CONF_PORT
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
from ...gateway import FileKind, LinkSecurity, Signal, SignalQuality
from ...procedures import HUB_KINDS, DeviceKind
from .choices import choice, choice_or_other

CONF_SFDI = "sfdi"
CONF_CERTIFICATE = "certificate"
CONF_KEY = "key"
CONF_PASSPHRASE = "passphrase"  # noqa: S105 - the name of a field
CONF_SERIES = "series"
CONF_GATEWAY = "gateway"
UNMEASURED = "unmeasured"
"""What a way is where nothing came back."""

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


def _way(quality: str, *, radio: bool) -> dict[probatio.Optional, SelectSelector]:
    """Return what was measured: a signal where a radio heard it, else the way to the gateway, by its answers."""
    what = "signal" if radio else "way"
    options = [*SignalQuality, UNMEASURED]
    return {probatio.Optional(what, default=quality): _read_only_choice(options, what)}


def location(signal: Signal | None, wifi: str | None, *, radio: bool) -> probatio.Schema:
    """IP-1: where the device is, of which kind, and what was measured there.

    ``wifi`` is how well Home Assistant's own machine hears its access point, where that is known.
    """
    heard = {} if wifi is None else {probatio.Optional("wifi", default=wifi): _read_only_text()}
    return probatio.Schema(
        {
            **_way(signal.quality.value if signal else UNMEASURED, radio=radio),
            **heard,
            probatio.Required(CONF_KIND, default=DeviceKind.ENERGY_MANAGEMENT_SYSTEM.value): SelectSelector(
                SelectSelectorConfig(options=list(HUB_KINDS), translation_key=CONF_KIND)
            ),
            probatio.Optional(CONF_AREA): AreaSelector(),
        }
    )


def premises(name: str) -> probatio.Schema:
    """IP-4: the premise, and whom to tell in the end."""
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME, default=name): TextSelector(),
            probatio.Optional(CONF_NOTIFY): EntitySelector(EntitySelectorConfig(domain=NOTIFY_DOMAIN)),
        }
    )


def _qr_code(text: str) -> QrCodeSelector:
    return QrCodeSelector(QrCodeSelectorConfig(data=text, scale=5))


def to_scan(text: str) -> probatio.Schema:
    """What goes to the utility out-of-band, to scan: LFDI, SFDI and PIN, or what labels of devices say."""
    return probatio.Schema({probatio.Optional("qr"): _qr_code(text)})


def in_band(label: str) -> probatio.Schema:
    """IP-5, in-band: the PIN, and the ``label`` to scan for whoever is to be told it."""
    return probatio.Schema(
        {
            probatio.Required(CONF_PIN): TextSelector(TextSelectorConfig(autocomplete="one-time-code")),
            probatio.Optional("qr"): _qr_code(label),
        }
    )


def commissioned(
    quality: str, security: str, instructions: str | None, files: Sequence[Mapping[str, Any]], *, radio: bool
) -> probatio.Schema:
    """IP-8, IP-10 and IP-11: the way, by what the link is secured, and what the gateway says about registration.

    ``files`` are what it has for devices to load: each kind has a field of its own.
    """
    fields: dict[probatio.Optional, SelectSelector | TextSelector] = {
        **_way(quality, radio=radio),
        probatio.Optional("security", default=security): _read_only_choice(LinkSecurity, "security"),
    }
    if instructions:
        fields[probatio.Optional("instructions", default=instructions)] = _read_only_text(multiline=True)
    for kind in FileKind:
        if told := [f"{file['model']} {file['version']}" for file in files if file["kind"] == kind.value]:
            fields[probatio.Optional(f"file_{kind}", default="\n".join(told))] = _read_only_text(multiline=True)
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
