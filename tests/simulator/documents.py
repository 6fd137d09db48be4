"""Documents that clients post."""

from __future__ import annotations

from py20305.models import sep
from py20305.xml import to_xml

from simulator.resources import reductions


def end_device(lfdi: str | None, sfdi: str) -> bytes:
    return to_xml(
        sep.EndDevice(
            l_fdi=bytes.fromhex(lfdi) if lfdi else None,
            s_fdi=sep.Sfditype(value=int(sfdi)),
            changed_time=sep.TimeType(value=1),
            device_category=sep.DeviceCategoryType(value=b"\x00\x08\x00\x00"),
            post_rate=900,
        ),
        server_2018_compat=True,
    )


def response(mrid: str, lfdi: str, status: int, **extras: int) -> bytes:
    """A DrResponse with ``extras``, a Response without."""
    model = sep.DrResponse if extras else sep.Response
    made = model.model_validate(
        {
            "created_date_time": {"value": 1_700_000_000},
            "end_device_lfdi": bytes.fromhex(lfdi),
            "status": status,
            "subject": {"value": bytes.fromhex(mrid)},
            **reductions.to_fields(dict(extras)),
        }
    )
    return to_xml(made, server_2018_compat=True)


def subscription(resource: str, uri: str, *, encoding: int = 0) -> bytes:
    made = sep.Subscription(
        subscribed_resource=resource, encoding=encoding, level="+S1", limit=1, notification_uri=uri
    )
    return to_xml(made, server_2018_compat=True)
