"""The end of a device's registration with the utility; safe to repeat at any time."""

from ..gateway.model import DeviceState
from ..utility.errors import UtilityError, UtilityReason
from ..utility.model import Stage
from ..utility.protocol import Utility
from .registration import RegistrationRun, Save


async def deregister(utility: Utility, run: RegistrationRun, save: Save) -> None:
    """Tell the utility that the device is gone; safe to repeat. ``UtilityError`` where it cannot be told now."""
    run.closing = True
    await save(run)
    await close_registration(utility, run)
    run.state = DeviceState.REMOVED.value
    run.stage = Stage.CLOSED.value
    await save(run)


async def close_registration(utility: Utility, run: RegistrationRun) -> None:
    """End a registration at the utility; one that it has not, or has no more, is as good."""
    if run.registration_id is not None:
        try:
            await utility.close_registration(run.registration_id, run.idempotency_key("close"))
        except UtilityError as err:
            if err.reason not in (UtilityReason.UNKNOWN_TO_UTILITY, UtilityReason.REGISTRATION_CLOSED):
                raise
