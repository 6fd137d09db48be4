"""The HAN devices of a hub besides Home Assistant itself, one per ``device`` subentry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, override

from aio2030dot5.identity import sfdi_from_lfdi
from homeassistant.config_entries import ConfigSubentry
from homeassistant.helpers.device_registry import DeviceInfo

from ..const import CONF_AREA, CONF_BY_UTILITY, CONF_CONTROL, CONF_KIND, CONF_LFDI, CONF_MODEL, CONF_SERIAL, DOMAIN
from ..esi import DemandResponseProgram
from ..gateway import DeviceState
from ..hub.subject import DeviceSubject
from ..procedures import INSTALLATIONS, DeviceKind
from ..utility import UtilityReason
from .models import model_name


class HanDevice(DeviceSubject):
    """One device as the hub knows it now; it hangs off the gateway."""

    def __init__(self, subentry: ConfigSubentry, gateway: DeviceSubject) -> None:
        """Take the device that a subentry describes."""
        data = subentry.data
        super().__init__(
            subentry.subentry_id, subentry.title, subentry_id=subentry.subentry_id, area_id=data.get(CONF_AREA)
        )
        self._gateway = gateway
        self._model: Mapping[str, Any] = data.get(CONF_MODEL) or {}
        self._serial: str | None = data.get(CONF_SERIAL)
        self.lfdi: str = data[CONF_LFDI]
        self.kind = DeviceKind(data[CONF_KIND])
        self.by_utility: bool = data.get(CONF_BY_UTILITY, False)
        """Whether the utility alone knows it, and sends its controls: no gateway lists it."""
        self.control: Mapping[str, Any] | None = data.get(CONF_CONTROL)
        """The linked entity and how it responds to controls, None where the device obeys the gateway by itself."""
        self.orphaned = False
        """Whether the utility that alone knew it is the hub's no more."""
        self.state = DeviceState.COMMISSIONED
        self.waits_for: UtilityReason | None = None
        """Why its registration waits."""
        self.dr_programs: tuple[DemandResponseProgram, ...] = ()
        """The demand response programs that the gateway assigns to it."""
        self.program_names: tuple[str, ...] = ()
        """The utility's programs it is enrolled in."""
        self.listed: bool | None = None
        """Whether the gateway listed it when last asked, None where that is not known."""
        self.enabled = True
        """False where the gateway lists it, or us who speak for it, as registered no longer (EndDevice.enabled)."""
        self.spoken_for = True
        """False where the gateway lists it and takes no answer for it from us: another certificate speaks for it."""
        self.last_contact: datetime | None = None
        """When the gateway last listed it or took a response of it."""
        self.missed_control: datetime | None = None
        """When it last could not do what a control asked for."""

    @property
    def device_category(self) -> int:
        """DeviceCategoryType bit map of its kind."""
        return INSTALLATIONS[self.kind].device_category

    @property
    def may_be_controlled(self) -> bool:
        """Whether command and control of it is allowed (UR-P): registered with the utility and in a program."""
        return self.standing is DeviceState.ENROLLED

    @property
    def standing(self) -> DeviceState:
        """How far it has come as far as the gateway agrees: what it has disabled is on its network, and no more."""
        beyond = self.state in (DeviceState.REGISTERED, DeviceState.ENROLLED)
        return DeviceState.COMMISSIONED if beyond and (self.orphaned or not self.enabled) else self.state

    @property
    @override
    def numbers(self) -> Mapping[str, str]:
        found = {"lfdi": self.lfdi, "sfdi": sfdi_from_lfdi(self.lfdi), "serial": self._serial}
        return {name: number for name, number in found.items() if number}

    @property
    @override
    def device_info(self) -> DeviceInfo:
        return DeviceInfo(
            identifiers={(DOMAIN, self.key)},
            name=self.title,
            manufacturer=self._model.get("manufacturer"),
            model=model_name(self._model.get("manufacturer"), self._model.get("name")),
            serial_number=self._serial,
            via_device_id=self._gateway.registry_id or "",
        )
