"""A Home Assistant whose files are files, for tests of what they hold."""

from typing import Any

import pytest


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Let files be files."""
    return {}


@pytest.fixture
def hass_config_dir(hass_tmp_config_dir: str) -> str:
    """A folder for them."""
    return hass_tmp_config_dir
