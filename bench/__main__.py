"""Runs every benchmark and prints one JSON line each."""

import asyncio
import json
from typing import Any

from bench import charging, devices, diagnosis, health, imports, polling, transports


def report(name: str, figures: dict[str, Any]) -> None:
    """Print one benchmark's figures."""
    print(json.dumps({"benchmark": name, **figures}))


if __name__ == "__main__":
    report("import", imports.measure())
    report("charging", charging.measure())
    report("poll", asyncio.run(polling.measure()))
    report("transports", asyncio.run(transports.measure()))
    report("health", asyncio.run(health.measure()))
    report("diagnosis", asyncio.run(diagnosis.measure()))
    report("devices", asyncio.run(devices.measure()))
