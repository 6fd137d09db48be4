"""What comes to a home through an Energy Services Interface (OpenHAN): the gateway's, or the utility's own."""

from .model import (
    ControlResponse,
    ControlStatus,
    DemandResponseProgram,
    LoadControl,
    Message,
    Price,
    PriceSchedule,
    Priority,
    ReductionUnit,
    ResponseStatus,
    TargetReduction,
)

__all__ = [
    "ControlResponse",
    "ControlStatus",
    "DemandResponseProgram",
    "LoadControl",
    "Message",
    "Price",
    "PriceSchedule",
    "Priority",
    "ReductionUnit",
    "ResponseStatus",
    "TargetReduction",
]
