"""The kinds of gateway that can be simulated."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Personality:
    """How one kind of gateway behaves and what it says about itself.

    ``registration`` lists the ways it knows, its default first; ``poll_rate`` (seconds) is None where its lists
    carry no pollRate; ``idle_seconds`` is how long it keeps an idle connection; ``manufacturer_id`` is an IANA
    Private Enterprise Number.
    """

    name: str
    registration: tuple[str, ...]
    manufacturer_id: int
    manufacturer: str
    model: str
    hardware_version: str
    software_version: str
    idle_seconds: float
    page_limit: int
    poll_rate: int | None
    end_devices: bool
    messaging: bool
    pricing: bool
    demand_response: bool
    one_connection: bool
    bad_signature_rate: float


PERSONALITIES = {
    personality.name: personality
    for personality in (
        Personality(
            name="standard",
            registration=("both", "in-band", "out-of-band"),
            manufacturer_id=40732,  # the IEEE 2030.5 arc itself: no manufacturer
            manufacturer="Simulated",
            model="HAN gateway",
            hardware_version="1.0",
            software_version="1.0.0",
            idle_seconds=120.0,
            page_limit=255,
            poll_rate=30,
            end_devices=True,
            messaging=True,
            pricing=True,
            demand_response=True,
            one_connection=False,
            bad_signature_rate=0.0,
        ),
        # Itron Gen5 Riva, agent 3.2.50, as aio2030dot5's author measured it.
        Personality(
            name="riva",
            registration=("out-of-band",),
            manufacturer_id=1233,
            manufacturer="",
            model="",
            hardware_version="",
            software_version="3.2.50",
            idle_seconds=30.0,
            page_limit=25,
            poll_rate=None,
            end_devices=False,
            messaging=False,
            pricing=False,
            demand_response=False,
            one_connection=True,
            bad_signature_rate=1 / 190,
        ),
    )
}
