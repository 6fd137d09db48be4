"""Entities of the customer's account: whether the utility can be spoken with."""

from typing import override

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import CALLBACK_TYPE, callback

from ..hub.descriptions import Shown, SubjectBinarySensorDescription
from ..hub.subject import Listener, Subject
from ..utility import Feature
from .manager import AccountManager


class AccountSubject(Subject):
    """The account, shown on the gateway's device."""

    def __init__(self, gateway: Subject, account: AccountManager) -> None:
        """``gateway`` is the device that it is shown on."""
        super().__init__(gateway.key, gateway.title)
        self.account = account

    @callback
    @override
    def async_add_listener(self, listener: Listener, register: str | None = None) -> CALLBACK_TYPE:
        return self.account.changed.add(lambda: listener(None))


def _has_account(subject: AccountSubject) -> bool:
    return subject.account.vtn is not None or subject.account.utility.offers(Feature.ACCOUNT)


BINARY_SENSORS: tuple[SubjectBinarySensorDescription[AccountSubject], ...] = (
    SubjectBinarySensorDescription(
        key="utility",
        translation_key="utility",
        device_class=BinarySensorDeviceClass.CONNECTIVITY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        exists_fn=_has_account,
        gone_fn=lambda subject: not _has_account(subject),
        is_on_fn=lambda subject: subject.account.connected,
    ),
)


def account_shown(gateway: Subject, account: AccountManager) -> Shown[AccountSubject]:
    """Return what is shown of the account."""
    return Shown(subjects=[AccountSubject(gateway, account)], binary_sensors=BINARY_SENSORS)
