"""What a full diagnosis of a device that is well takes, over real TLS: with a meter's pacing, and with none.

The difference is what meters need between requests; ``work_seconds`` is what the diagnosis itself takes.
"""

import statistics
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from aio2030dot5 import Timeouts, generate_identity

from bench.pacing import PACINGS
from bench.simulated import simulated_gateway
from custom_components.utility_han.gateway.ieee2030_5.client import Ieee2030_5Gateway
from custom_components.utility_han.procedures.diagnosis import (
    Diagnosis,
    DiagnosisSubject,
    Local,
    ServicePoint,
    diagnose,
)
from custom_components.utility_han.procedures.registration import register
from custom_components.utility_han.procedures.registration_run import RegistrationRun
from custom_components.utility_han.procedures.step import Outcome, Step
from custom_components.utility_han.procedures.verdict import Verdict
from tests.helpers.utility import new_customer

_TRIALS = {"paced": 3, "work": 10}
_CONSENT = {"program_id": "peak-saver", "name": "Peak Saver", "terms_version": "2026-01"}


async def measure() -> dict[str, Any]:
    """Return seconds per diagnosis in either way, their ratio, and the requests of one."""
    identity = generate_identity()
    async with (
        simulated_gateway(identity.lfdi) as gateway,
        aiohttp.ClientSession() as session,
    ):
        control = f"{gateway['control']}/gateways/{gateway['id']}"
        # A device that speaks to the meter itself: it answers the test signal. What is measured is not its poll.
        async with session.post(f"{control}/devices", json={"poll_seconds": 0.1}) as response:
            response.raise_for_status()
            device = await response.json()
        label = {"lfdi": device["lfdi"], "pin": device["pin"]}
        async with session.post(f"{control}/registrations", json=label) as response:
            response.raise_for_status()
        utility = await new_customer(session, gateway["control"])
        await utility.set(approval="auto", stage_seconds=0.02, commission_seconds=0.02)
        await utility.attach(gateway["lfdi"])
        client = await utility.client()
        clients = {
            name: await Ieee2030_5Gateway.create(
                gateway["host"],
                gateway["port"],
                identity,
                expected_lfdi=gateway["lfdi"],
                pacing=pacing,
                timeouts=Timeouts(),
            )
            for name, pacing in PACINGS.items()
        }
        run = RegistrationRun(
            lfdi=device["lfdi"],
            kind="thermostat",
            model_id="acme-t100",
            premise_id=utility.premise_id,
            gateway_lfdi=gateway["lfdi"],
            serial=f"AT{int(device['lfdi'][:7], 16) % 10**8:08}",
            key=device["pin"],
            consents=[_CONSENT | {"consented_at": datetime.now(UTC).isoformat()}],
        )
        await _register(clients["work"], client, run)
        subject = DiagnosisSubject(
            known=(),
            local=Local,
            look=_nothing_to_answer,
            premise=ServicePoint(utility.premise_id, gateway["lfdi"]),
            registration=run,
        )
        took: dict[str, list[float]] = {}
        requests = 0
        for name, link in clients.items():
            for _ in range(_TRIALS[name]):
                async with session.delete(f"{control}/log"):
                    pass
                found = Diagnosis()
                async for _result in diagnose(link, client, subject, found):
                    pass
                if found.verdict is not Verdict.NOTHING_WRONG:
                    raise RuntimeError(f"not well: {found.to_dict()}")
                took.setdefault(name, []).append(found.seconds)
                async with session.get(f"{control}/log") as response:
                    log = (await response.json())["requests"]
                requests = sum(each["lfdi"] == identity.lfdi[-6:] for each in log)
    seconds = {name: statistics.median(each) for name, each in took.items()}
    return {
        "work_seconds": round(seconds["work"], 2),
        "paced_seconds": round(seconds["paced"], 2),
        "ratio": round(seconds["paced"] / seconds["work"], 1),
        "gateway_requests": requests,
    }


async def _register(link: Ieee2030_5Gateway, client: Any, run: RegistrationRun) -> None:
    async def keep(_run: RegistrationRun) -> None:
        """Nothing outlives a benchmark."""

    while True:
        results = [result async for result in register(client, link, run, keep)]
        last = results[-1]
        if (last.step, last.outcome) == (Step.UR_15, Outcome.DONE):
            return
        if last.outcome is Outcome.FAILED:
            raise RuntimeError(f"not registered: {last.to_dict()}")


async def _nothing_to_answer(_offset: timedelta | None) -> None:
    """The device answers by itself."""
