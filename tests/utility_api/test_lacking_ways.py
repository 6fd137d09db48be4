"""Ways to a utility that have little: what is not there says so, and holds nobody up."""

import inspect

import pytest

from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from custom_components.utility_han.utility.protocol import Utility

KNOWN = {"offers"}
"""What a way says of itself: nothing is asked of anybody."""


def functions() -> list[str]:
    """Every function of a utility's, by name."""
    found = inspect.getmembers(Utility, inspect.isfunction)
    return [name for name, _ in found if not name.startswith("_") and name not in KNOWN]


@pytest.mark.parametrize("name", functions())
async def test_way_that_has_not_a_function_says_that_it_is_not_offered(name: str) -> None:
    """And neither succeeds nor breaks what asked: with an error that everybody who asks expects."""
    function = getattr(Utility(), name)
    wanted = inspect.signature(function).parameters.values()
    positional = [None for each in wanted if each.default is each.empty and each.kind is not each.KEYWORD_ONLY]
    named = {each.name: None for each in wanted if each.default is each.empty and each.kind is each.KEYWORD_ONLY}

    async def ask() -> None:
        asked = function(*positional, **named)
        assert inspect.isawaitable(asked)
        await asked

    with pytest.raises(UtilityError) as raised:
        await ask()
    assert raised.value.reason is UtilityReason.UNKNOWN_TO_UTILITY
    assert "not offered this way" in raised.value.detail
