"""A gateway over Zigbee Smart Energy, by a radio (EZSP) or a certified stick (RAVEn): the transport's public face."""

from .client import EzspGateway
from .probe import Probed, UnusableRadioError, probe_radio
from .radio import Heard, Radio
from .raven import RavenGateway

__all__ = ["EzspGateway", "Heard", "Probed", "Radio", "RavenGateway", "UnusableRadioError", "probe_radio"]
