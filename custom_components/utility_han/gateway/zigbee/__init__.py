"""A gateway over Zigbee Smart Energy, by a radio (EZSP) or a certified stick (RAVEn): the transport's public face."""

from .client import EzspGateway
from .networking import Heard
from .probe import Probed, UnusableRadioError, probe_radio
from .radio import Radio
from .raven import RavenGateway

__all__ = ["EzspGateway", "Heard", "Probed", "Radio", "RavenGateway", "UnusableRadioError", "probe_radio"]
