"""The HAN devices of a hub besides Home Assistant itself, one per ``device`` subentry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.config_entries import ConfigSubentry

from ..const import CONF_CONTROL, CONF_KIND, CONF_LFDI
from ..gateway.model import DemandResponseProgram, DeviceState
from ..procedures.installation import INSTALLATIONS, DeviceKind


@dataclass(slots=True)
class HanDevice:
    """One device as the hub knows it now."""

    subentry_id: str
    title: str
    lfdi: str
    kind: DeviceKind
    control: Mapping[str, Any] | None
    """The linked entity and how it responds to controls, None where the device obeys the gateway by itself."""
    state: DeviceState = DeviceState.COMMISSIONED
    dr_programs: tuple[DemandResponseProgram, ...] = ()
    """The demand response programs that the gateway assigns to it."""
    program_names: tuple[str, ...] = ()
    """The utility's programs it is enrolled in."""
    listed: bool | None = None
    """Whether the gateway listed it when last asked, None where that is not known."""
    last_contact: datetime | None = None
    """When the gateway last listed it or took a response of it."""
    missed_control: datetime | None = None
    """When it last could not do what a control asked for."""

    @classmethod
    def from_subentry(cls, subentry: ConfigSubentry) -> HanDevice:
        """Return the device that a subentry describes."""
        return cls(
            subentry_id=subentry.subentry_id,
            title=subentry.title,
            lfdi=subentry.data[CONF_LFDI],
            kind=DeviceKind(subentry.data[CONF_KIND]),
            control=subentry.data.get(CONF_CONTROL),
        )

    @property
    def device_category(self) -> int:
        """DeviceCategoryType bit map of its kind."""
        return INSTALLATIONS[self.kind].device_category

    @property
    def may_be_controlled(self) -> bool:
        """Whether command and control of it is allowed (UR-P): registered with the utility and in a program."""
        return self.state is DeviceState.ENROLLED
