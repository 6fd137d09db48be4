"""What the demo prints for whoever tries it: where everything is, and what to do, by transport and utility."""

import json
from collections.abc import Mapping
from typing import Any, Protocol

from .home import PASSWORD, USER
from .phone import NAME
from .process import ROOT
from .vtn import IMPORT_LIMIT, PEAK_HOURS

_WORDS = ROOT / "custom_components" / "utility_han" / "translations" / "en.json"
_END = "  Stop with Ctrl-C; what you did stays in .demo/ (--reset clears it)."


class Running(Protocol):
    """What is told of the simulator."""

    control: str
    utility: str
    gateway: dict[str, Any]
    vtn: dict[str, Any]


def welcome(home: str, simulator: Running, phone: str, utility: str, *, tells: bool) -> str:
    """Return the text; ``home`` and ``phone`` are where they are, ``tells`` is whether the VTN has a broker."""
    by_utility = {"openadr": _openadr, "none": _own_books, "han-api": _han_api}
    lines = [("Home Assistant", f"{home}   user {USER}, password {PASSWORD}"), *_meter(simulator)]
    more, steps = by_utility[utility](simulator, tells=tells)
    more.append(("Phone", f'{phone}   (what is sent to the notify entity "{NAME}", with its buttons)'))
    shown = "\n".join(f"  {name:<19}{said}" for name, said in (*lines, *more))
    return f"\n{shown}\n\n{steps}\n{_END}\n"


def _meter(simulator: Running) -> list[tuple[str, str]]:
    """Where the meter is, by the transport that it is tried over."""
    gateway = simulator.gateway
    if gateway["zigbee"] is None:
        known = f", PIN {gateway['pin']}" if _in_band(gateway) else ""
        return [("Gateway", f"{gateway['host']}, port {gateway['port']}, SFDI {gateway['sfdi']}{known}")]
    names = {"ezsp": "EZSP radio", "raven": "RAVEn stick"}
    return [
        (names[kind], f"{radio['url']}   EUI64 {radio['eui64']}, install code {radio['install_code']}")
        for kind, radio in gateway["zigbee"]["radios"].items()
    ]


def _in_band(gateway: Mapping[str, Any]) -> bool:
    return bool(gateway["registration"] != "out-of-band")


def _letter(gateway: Mapping[str, Any]) -> str:
    """What the utility's letter says that is asked for with a device where no gateway keeps it."""
    return f" The PIN of your utility's letter is {gateway['pin']}." if gateway["zigbee"] is not None else ""


def _joining(simulator: Running) -> str:
    """How Home Assistant is commissioned, and what the utility does meanwhile."""
    gateway, at = simulator.gateway, f"{simulator.control}/gateways/{simulator.gateway['id']}"
    console = f"the console under Gateways ({simulator.utility}/console/#gateways)"
    if gateway["zigbee"] is not None:
        radios = gateway["zigbee"]["radios"]
        commands = "\n".join(
            _curl(f"{at}/zigbee/permitted", {key: radio[key] for key in ("eui64", "install_code")})
            for radio in radios.values()
        )
        return f"""\
  1. Settings → Devices & services → Add integration → Utility HAN → {_menu("radio")}.
     The port is {radios["ezsp"]["url"]} (the radio) or {radios["raven"]["url"]} (the stick).
     Where it waits for your utility, be the utility: in {console}, or
{commands}"""
    found = f"  1. Settings → Devices & services: Smart meter {gateway['sfdi']} was discovered, Add."
    portal = f"be the utility with the LFDI that it shows: in {console}, or\n" + _curl(
        f"{at}/registrations", {"lfdi": "…"}
    )
    if _in_band(gateway):
        return f"{found}\n     The PIN is {gateway['pin']}. Without it, {portal}"
    return f"{found}\n     It takes no PIN. Where it waits for your utility, {portal}"


def _curl(url: str, body: Mapping[str, str]) -> str:
    return f"       curl --json '{json.dumps(body, ensure_ascii=False)}' {url}"


def _menu(option: str) -> str:
    """How the dialog that adds a meter calls one of its ways."""
    words = json.loads(_WORDS.read_text())
    return str(words["config"]["step"]["user"]["menu_options"][option])


def _han_api(simulator: Running, *, tells: bool) -> tuple[list[tuple[str, str]], str]:
    more = [
        ("Utility", f"{simulator.utility}   user demo, password demo"),
        ("Its console", f"{simulator.utility}/console   (approve devices, send controls)"),
        ("Its controls", f"{simulator.control}   (registrations, faults; see simulator/README.md)"),
    ]
    return (
        more,
        f"""\
{_joining(simulator)}
  2. At its end: Sign in with my utility: {simulator.utility}, user demo, password demo.
     (Later: its menu (⋮) → Reconfigure → Utility account.)
     A home page: reload the page, then Settings → Dashboards → Add dashboard → Utility HAN, at the end of the list;
     any title will do.
  3. Utility HAN → Add device: choose "Pool pump" (or several), look it over, choose Peak Saver,
     agree.{_letter(simulator.gateway)}
  4. There, Add vehicle: VIN 5YJ3E1EA0KF000316, model Model 3; the charger is filled in. Next, EV Time of Use; agree.
  5. In the console send a load control (Controls), and plug in the family car (Vehicles). What they do is on the
     home page. (The charger is not behind the simulated meter.)
  6. Make the pump fail: in the console under Gateways, Withdraw beside it. The home page tells within five minutes, or
     at once by Diagnose there; Repair mends it.""",
    )


def _own_books(simulator: Running, *, tells: bool) -> tuple[list[tuple[str, str]], str]:
    return (
        [("Console", f"{simulator.utility}/console/#vehicles   (plug in a vehicle)")],
        f"""\
{_joining(simulator)}
     At the end: Finish, for your utility has no account for you. What else was discovered is not needed.
  2. Add vehicle: VIN 5YJ3E1EA0KF000316, model Model 3; the charger is filled in. Next, who pays:
     any name and number; "As the meter says" is chosen. Agree.
  3. In the console set the speed (60), plug in the family car, and unplug it after a minute:
     the session is on the vehicle's page.
  4. The gear beside the vehicle (Change vehicle) → Statements and binding record:
     PDF, CSV, charge detail records, Green Button.""",
    )


def _openadr(simulator: Running, *, tells: bool) -> tuple[list[tuple[str, str]], str]:
    ven = next(each for each in simulator.vtn["clients"] if each["role"] == "ven")
    soon = (
        "within seconds"
        if tells
        else "within 5 minutes (at once after Reload in the ⋮ of the hub, or with Mosquitto: script/setup --mqtt)"
    )
    more = [
        ("OpenADR server", simulator.vtn["url"]),
        ("Client ID", ven["client_id"]),
        ("Secret", ven["client_secret"]),
        ("Its console", f"{simulator.utility}/console/openadr.html   (programs, events, reports)"),
    ]
    return (
        more,
        f"""\
  1. Settings → Devices & services → Add integration → Utility HAN → {_menu("vtn")}.
     (It was discovered, too: add it there, and you need no address.)
  2. Enter client ID and secret, and submit the programs. The prices are on the hub's page.
  3. Add device: choose "Pool pump", look it over, programs "{PEAK_HOURS}" and "{IMPORT_LIMIT}".
  4. In the console, send an event to "{PEAK_HOURS}": the pump is off {soon}.
  5. End or delete the event: the pump is on again.""",
    )
