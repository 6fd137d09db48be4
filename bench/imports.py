"""How long Home Assistant takes to import the integration, beyond Home Assistant and the libraries."""

import json
import statistics
import subprocess
import sys
from typing import Any

_PROGRAM = """
import json, sys, time
import homeassistant.components.recorder.statistics, homeassistant.components.zeroconf, homeassistant.components.notify
import homeassistant.components.sensor, homeassistant.components.binary_sensor, homeassistant.helpers.discovery_flow
import aio2030dot5.locate, py20305.xml, cryptography.x509
start = time.perf_counter()
import custom_components.utility_han
import custom_components.utility_han.config_flow
import custom_components.utility_han.sensor, custom_components.utility_han.binary_sensor
import custom_components.utility_han.diagnostics, custom_components.utility_han.system_health
print(json.dumps([time.perf_counter() - start, [m for m in ("zigpy", "bellows", "zha") if m in sys.modules]]))
"""


def measure(runs: int = 5) -> dict[str, Any]:
    """Return the median in seconds over fresh interpreters, and any Zigbee library that came along."""
    results = [
        json.loads(subprocess.run([sys.executable, "-c", _PROGRAM], check=True, capture_output=True).stdout)
        for _ in range(runs)
    ]
    return {
        "seconds": round(statistics.median(seconds for seconds, _ in results), 3),
        "at_most": 0.5,
        "zigbee_libraries": results[0][1],
    }
