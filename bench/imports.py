"""How long Home Assistant takes to import the integration, beyond Home Assistant and the libraries.

What Home Assistant sets up before it in any case (the manifest's ``dependencies`` and ``after_dependencies``, with the
Supervisor's client that ``usb`` imports) is imported before. It is CPU time: what else the machine does is no part of
it. Python collects garbage over all that is loaded whenever there is a quarter more of it, in whichever import that
falls, and most of what is loaded is Home Assistant's: what is compared is without, and with it is told beside.
"""

import json
import statistics
import subprocess
import sys
from typing import Any

_OURS = "custom_components.utility_han"
_NEEDLESS = (
    "zigpy",
    "bellows",
    "zha",
    "aioraven",
    "openadr3_client",
    "aiomqtt",
    "reportlab",
    "httpx",
    f"{_OURS}.documents.green_button",
    f"{_OURS}.documents.ocpi",
    f"{_OURS}.documents.statement",
)
"""What is loaded for who has a radio or a VTN, or wants a document."""
_PROGRAM = f"""
import gc, json, sys, time
collected = []
def clock(phase, info):
    collected.append(time.process_time() * (1 if phase == "stop" else -1))
gc.callbacks.append(clock)
if "uncollected" in sys.argv:
    gc.disable()
begun = time.process_time()
import homeassistant.bootstrap
import homeassistant.components.application_credentials, homeassistant.components.frontend
import homeassistant.components.http, homeassistant.components.webhook
import homeassistant.components.repairs, homeassistant.components.usb
import homeassistant.components.recorder.statistics, homeassistant.components.zeroconf, homeassistant.components.notify
import homeassistant.components.sensor, homeassistant.components.binary_sensor, homeassistant.helpers.discovery_flow
own = time.process_time() - begun
import aio2030dot5.locate, py20305.xml, cryptography.x509
collected.clear()
start = time.process_time()
import custom_components.utility_han
import custom_components.utility_han.config_flow
import custom_components.utility_han.sensor, custom_components.utility_han.binary_sensor
import custom_components.utility_han.diagnostics, custom_components.utility_han.system_health
seconds = time.process_time() - start
print(json.dumps([seconds, own, sum(collected), [m for m in {_NEEDLESS} if m in sys.modules]]))
"""


def measure(runs: int = 5) -> dict[str, Any]:
    """Return medians in seconds over fresh interpreters, and libraries that came along and should not."""
    plain = [_import("uncollected") for _ in range(runs)]
    collecting = [_import() for _ in range(runs)]
    return {
        "seconds": round(statistics.median(seconds for seconds, _, _, _ in plain), 3),
        "own_seconds": round(statistics.median(own for _, own, _, _ in plain), 3),
        "ratio": round(statistics.median(seconds / own for seconds, own, _, _ in plain), 3),
        "at_most": 0.2,
        "collected_seconds": round(statistics.median(collected for _, _, collected, _ in collecting), 3),
        "collecting_ratio": round(statistics.median(seconds / own for seconds, own, _, _ in collecting), 3),
        "needless": ", ".join(plain[0][3]) or "none",
    }


def _import(*arguments: str) -> tuple[float, float, float, list[str]]:
    """Return the CPU of our imports, of those before, of collections in ours, and what should not have come along."""
    program = [sys.executable, "-c", _PROGRAM, *arguments]
    found = json.loads(subprocess.run(program, check=True, capture_output=True).stdout)
    return found[0], found[1], found[2], found[3]
