"""The Home Assistant of tests/component, for cases from the field."""

from tests.component.conftest import _home_assistant, _usb, commission, commissioned, heard, hub

__all__ = ["_home_assistant", "_usb", "commission", "commissioned", "heard", "hub"]
