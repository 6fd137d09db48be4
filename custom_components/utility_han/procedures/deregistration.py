"""The end of a device's registration with the utility; safe to repeat at any time."""

from ..gateway.model import DeviceState
from ..utility.errors import UtilityError, UtilityReason
from ..utility.model import Stage
from ..utility.protocol import Utility
from .registration_run import RegistrationRun, Save


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


async def come_back(utility: Utility, run: RegistrationRun, save: Save) -> None:
    """Have a device registered anew that was brought again, where its end was told before; safe to repeat.

    ``UtilityError`` where the utility does not say now how the registration stands.
    """
    if not run.returned:
        return
    if run.device_state is DeviceState.REMOVED or await _is_over(utility, run):
        run.begin_anew()
    run.returned = False
    await save(run)


async def _is_over(utility: Utility, run: RegistrationRun) -> bool:
    if run.registration_id is None:
        return False
    try:
        return (await utility.registration(run.registration_id)).stage is Stage.CLOSED
    except UtilityError as err:
        if err.reason is not UtilityReason.UNKNOWN_TO_UTILITY:
            raise
        return True
