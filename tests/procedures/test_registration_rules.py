"""What a registration keeps of serial number and PIN, and whom it asks for them (UR-8)."""

from unittest.mock import AsyncMock

import pytest

from custom_components.utility_han.gateway.model import Listed
from custom_components.utility_han.procedures.deregistration import come_back
from custom_components.utility_han.procedures.step import Outcome, Step
from custom_components.utility_han.utility.errors import UtilityError, UtilityReason
from tests.procedures.test_registration import Home, home

__all__ = ["home"]


@pytest.mark.use_case("UR-8")
@pytest.mark.parametrize(("told", "kept"), [(0, False), (1, True), (None, True)])
async def test_pin_is_not_kept_where_the_gateway_tells_it_again(
    home: Home, monkeypatch: pytest.MonkeyPatch, told: int | None, *, kept: bool
) -> None:
    """Registration.pIN of the device (sep.xsd); another one, or none, is no help to a repair."""
    run = home.run()
    listed = Listed(await home.link.listed_devices() or ()).get(home.lfdi)
    assert listed is not None
    run.href = listed.href
    asked = AsyncMock(return_value=None if told is None else int(home.pin) + told)
    monkeypatch.setattr(home.link, "registration_pin", asked)
    await home.settle(run)
    asked.assert_awaited_once_with(listed.href)
    assert run.pin == (home.pin if kept else None)
    assert run.key is None


@pytest.mark.use_case("UR-8")
async def test_pin_that_nobody_else_tells_is_kept_for_a_repair(home: Home) -> None:
    run = home.run()
    await home.settle(run)
    assert (run.pin, run.key) == (home.pin, None)


@pytest.mark.use_case("UR-8")
@pytest.mark.parametrize("missing", ["serial", "key"])
async def test_who_said_only_one_of_serial_number_and_pin_is_asked_for_both(home: Home, missing: str) -> None:
    run = home.run(**{missing: None})
    last = await home.settle(run)
    assert (last.step, last.outcome, last.reason) == (Step.UR_8, Outcome.WAITING, UtilityReason.NOT_IDENTIFIED)
    assert run.unidentified is UtilityReason.NOT_IDENTIFIED


@pytest.mark.use_case("UR-14")
async def test_device_that_was_never_registered_comes_back_as_it_is(home: Home) -> None:
    run = home.run()
    run.returned = True
    await come_back(home.client, run, home.save)
    assert (run.returned, run.attempt) == (False, 1)


@pytest.mark.use_case("UR-14")
async def test_device_whose_utility_is_away_comes_back_once_that_says_how_it_stands(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = home.run()
    await home.settle(run)
    run.returned = True
    away = UtilityError(UtilityReason.UTILITY_UNREACHABLE, "nobody answers")
    with monkeypatch.context() as patched:
        patched.setattr(home.client, "registration", AsyncMock(side_effect=away))
        with pytest.raises(UtilityError):
            await come_back(home.client, run, home.save)
    assert run.returned, "it is asked again"
    await come_back(home.client, run, home.save)
    assert (run.returned, run.attempt) == (False, 1)
