"""``SignedData`` (OCPI ``mod_cdrs``) of what a charger signed: OCMF, as the S.A.F.E. initiative publishes it.

An OCMF record is ``OCMF|payload|signature``, two JSON objects. In ``RD`` of the payload are readings; ``TX`` says of
which moment of the transaction: ``B`` its begin, ``E`` and its kin the end.
"""

import base64
import json
from typing import Any

from ...procedures.charging.signed_values import BEGINS, moments_of
from .values import Json, is_text

_MOST_PLAIN = 512
_MOST_SIGNED = 5000
_BEGIN = "OCMF|"
_MOST_RECORDS = 100
_ENDS = frozenset("ELRAP")


def signed_data(text: str | None) -> Json | None:
    """Return the ``SignedData`` of OCMF records, None where there is nothing that OCPI has room for.

    ``signed_data`` is the whole record in Base64. ``plain_data`` is its payload, or where that is too long for OCPI
    what the meter read: it says nothing that is not in ``signed_data``.
    """
    if text is None or len(text) > _MOST_SIGNED * _MOST_RECORDS or not is_text(text):
        return None
    values = [_value(f"{_BEGIN}{record.strip()}") for record in text.split(_BEGIN)[1 : _MOST_RECORDS + 1]]
    if not values or None in values:
        return None
    return {"encoding_method": "OCMF", "signed_values": values}


def _value(record: str) -> Json | None:
    payload = record.split("|")[1]
    try:
        read: Any = json.loads(payload)
    except ValueError, RecursionError:
        return None
    if not isinstance(read, dict) or not isinstance(readings := read.get("RD"), list):
        return None
    plain = payload if _fits(payload) else json.dumps({"RD": readings}, separators=(",", ":"))
    signed = base64.b64encode(record.encode()).decode()
    if not _fits(plain) or len(signed) > _MOST_SIGNED:
        return None
    return {"nature": _nature(readings), "plain_data": plain, "signed_data": signed}


def _fits(plain: str) -> bool:
    return len(plain) <= _MOST_PLAIN and plain.isprintable()


def _nature(readings: list[Any]) -> str:
    """Return the event that a record belongs to: the last one that it has a reading of."""
    moments = {each[:1] for each in moments_of(readings)}
    if _ENDS & moments:
        return "End"
    return "Start" if moments == {BEGINS} else "Intermediate"
