"""Charge detail records and tariffs of OCPI (Open Charge Point Interface), versions 2.2.1 and 2.3.0.

What fields mean is from the text of the EV Roaming Foundation: ``mod_cdrs``, ``mod_tariffs``, ``mod_tokens`` and
``types``. Docstrings name the class or field; in quotation marks are its words.
"""

from .cdr import cdr
from .place import Place
from .reading import MOST_BYTES, CdrFault, CdrFileError, read_cdrs
from .tariff import tariff
from .values import OcpiValueError, Version, as_text

__all__ = [
    "MOST_BYTES",
    "CdrFault",
    "CdrFileError",
    "OcpiValueError",
    "Place",
    "Version",
    "as_text",
    "cdr",
    "read_cdrs",
    "tariff",
]
