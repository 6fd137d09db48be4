"""An entry of the gateway's EndDeviceList (IEEE 2030.5-2018, 8.5), by its address."""

from aio2030dot5 import MeterError
from py20305.models import sep

from ..errors import GatewayError
from .addresses import local_path
from .capability import read_capability
from .failures import is_refusal, is_unavailable, optional
from .reader import Reader


async def read_entries(reader: Reader, href: str) -> list[sep.EndDevice]:
    """Return the entries of the EndDeviceList at ``href``."""
    entries: list[sep.EndDevice] = await reader.pages(href, sep.EndDeviceList, lambda page: page.end_device)
    reader.session.note_listed(entries)
    return entries


async def read_entry(reader: Reader, href: str) -> sep.EndDevice:
    """Return the EndDevice at ``href``.

    A list holds its entries whole (sep.xsd, EndDeviceList): what it had over this connection is not asked for again.
    There are servers, GridAPPS-D's for one, that have an entry nowhere else: one that cannot be had by itself is
    looked for there.
    """
    if (known := reader.session.listed(href)) is not None:
        return known
    try:
        return await reader.get(href, sep.EndDevice)
    except (MeterError, GatewayError) as err:
        if is_refusal(err) or not is_unavailable(err):
            raise
        for entry in await optional(_listed(reader)) or ():
            if entry.href and local_path(entry.href) == local_path(href):
                return entry
        raise


async def _listed(reader: Reader) -> list[sep.EndDevice]:
    link = (await read_capability(reader.session)).end_device_list_link
    return await read_entries(reader, link.href) if link is not None else []
