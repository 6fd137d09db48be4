"""A utility, aggregator or price service that speaks OpenADR 3: we are its VEN.

Imported only where somebody has one (``openadr3-client`` and what it brings are not loaded for anybody else), so it
has a face of its own.
"""

from .client import OpenAdr
from .connection import Authorization, Credentials, VtnConnection, vtn_url
from .model import Version
from .notifiers import Broker
from .payloads import KINDS, Becomes, Treatment
from .polling import Changes

__all__ = [
    "KINDS",
    "Authorization",
    "Becomes",
    "Broker",
    "Changes",
    "Credentials",
    "OpenAdr",
    "Treatment",
    "Version",
    "VtnConnection",
    "vtn_url",
]
