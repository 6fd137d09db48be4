"""What a gateway offers: its DeviceCapability (IEEE 2030.5-2018, 10.1), and what assignments add to it (10.4)."""

from dataclasses import dataclass

from aio2030dot5 import MeterNotFound
from py20305.models import sep

from ..errors import GatewayError, Reason
from .connection import ConnectionSession
from .failures import NotXmlError
from .resources import parse

# The links of a DeviceCapability or FunctionSetAssignments by the name of the function set.
_FUNCTION_SETS = {
    "time_link": "time",
    "self_device_link": "self_device",
    "end_device_list_link": "end_device",
    "usage_point_list_link": "metering",
    "mirror_usage_point_list_link": "metering_mirror",
    "demand_response_program_list_link": "demand_response",
    "tariff_profile_list_link": "pricing",
    "messaging_program_list_link": "messaging",
    "customer_account_list_link": "billing",
    "prepayment_list_link": "prepayment",
    "derprogram_list_link": "distributed_energy",
    "file_list_link": "file_download",
    "response_set_list_link": "response",
}


async def read_capability(session: ConnectionSession) -> sep.DeviceCapability:
    """Return the gateway's DeviceCapability; ``GatewayError`` with ``NOT_2030_5`` where there is none."""
    href = session.dcap_path
    try:
        body = await session.get(href)
    except NotXmlError as err:
        raise GatewayError(Reason.NOT_2030_5 if "no XML" in str(err) else Reason.MALFORMED, str(err)) from err
    except MeterNotFound as err:
        raise GatewayError(Reason.NOT_2030_5, str(err)) from err
    if b"DeviceCapability" not in body:
        raise GatewayError(Reason.NOT_2030_5, f"GET {href}: no DeviceCapability")
    return parse(body, sep.DeviceCapability, href)


def function_sets(linking: sep.DeviceCapability | sep.FunctionSetAssignments) -> set[str]:
    """Return the names of the function sets that a resource links."""
    return {name for link, name in _FUNCTION_SETS.items() if getattr(linking, link, None) is not None}


@dataclass(frozen=True, slots=True)
class Offer:
    """What a gateway has for us: DeviceCapability, and the FunctionSetAssignments of our own EndDevice.

    Both link function sets alike (FunctionSetAssignmentsBase in the XSD). An assignment is "to be used by one or more
    devices as indicated by the EndDevice object(s)", so what it links is meant for us and goes before what the gateway
    has for everybody.
    """

    capability: sep.DeviceCapability
    assignments: tuple[sep.FunctionSetAssignments, ...]
    post_rate: int | None = None
    """Seconds after which our EndDevice wants to be told of again (postRate), where it says so."""

    def hrefs(self, link: str) -> list[str]:
        """Return where the lists of one function set are, ``link`` being its name in py20305's models."""
        assigned = [found.href for each in self.assignments if (found := getattr(each, link)) is not None]
        if not assigned and (general := getattr(self.capability, link)) is not None:
            assigned = [general.href]
        return list(dict.fromkeys(assigned))

    @property
    def function_sets(self) -> set[str]:
        """The names of the function sets that are offered."""
        return function_sets(self.capability).union(*(function_sets(each) for each in self.assignments))
