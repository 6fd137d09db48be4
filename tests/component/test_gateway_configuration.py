"""What a gateway gives its clients to go by is taken as it is meant, and shown where nobody can act on it.

The gateway is a server that is not our simulator; its bodies are valid by both editions of the schema.
"""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr

from custom_components.utility_han.const import DOMAIN
from custom_components.utility_han.hub.poll.parts import Messages, Part, Prices
from custom_components.utility_han.load_control.polled import Controls
from custom_components.utility_han.procedures.step import Outcome, Step
from tests.field_cases.test_servers import finished, in_band, message, steps, steps_evidence, utility_server
from tests.helpers import canned, flows
from tests.helpers.states import state_of

MESSAGING = '<MessagingProgramListLink href="/msg" all="1"/>'
FILES = """<FileList href="/file" all="3" results="3">
<File href="/file/1"><activateTime>1900000000</activateTime><fileURI>/blob/1</fileURI><mfID>37244</mfID>
<mfModel>Thermo 3</mfModel><mfVer>4.1</mfVer><size>70000</size><type>00</type></File>
<File href="/file/2"><fileURI>/blob/2</fileURI><lFDI>{lfdi}</lFDI><mfID>37244</mfID>
<mfModel>Thermo 3</mfModel><mfVer>7</mfVer><size>900</size><type>02</type></File>
<File href="/file/3"><fileURI>/blob/3</fileURI><mfID>37244</mfID>
<mfModel>Own</mfModel><mfVer>1</mfVer><size>9</size><type>8001</type></File>
</FileList>"""


def named(resources: dict[str, canned.Body], what: str, name: str) -> dict[str, canned.Body]:
    """Return messages of which the program or the message itself has a description."""
    path = {"program": "/msg", "message": "/msg/1/txt"}[what]
    body = resources[path]
    assert isinstance(body, str)
    described = re.sub(r"(</mRID>)", rf"\1<description>{name}</description>", body, count=1)
    return resources | {path: described}


@pytest.mark.use_case("IP-11")
@pytest.mark.parametrize(
    ("what", "name", "instruction"),
    [
        ("message", "Registration instructions", True),
        ("message", "So geht die Registrierung", True),
        ("program", "Enregistrement", True),
        ("program", "Peak days", False),
        ("message", "Thank you", False),
        (None, "", False),
    ],
)
async def test_only_what_is_named_so_is_a_registration_instruction(
    hass: HomeAssistant, what: str | None, name: str, instruction: bool
) -> None:
    messages = message("/msg", "Call us at six")
    resources = utility_server(before=MESSAGING) | (named(messages, what, name) if what else messages)
    with canned.serving(resources) as server:
        result = await in_band(hass, server.host, server.port)
        assert result["step_id"] == "commissioned", result
        told = "**For devices that you add later, the gateway says**\nCall us at six"
        assert flows.placeholder(result, "told") == (told if instruction else "")
        entry = await finished(hass, result)
        assert steps(entry)[Step.IP_11] is (Outcome.DONE if instruction else Outcome.NOT_OFFERED)
        # Whatever it is, it is a message, and shown as one.
        await entry.runtime_data.coordinator.async_refresh()
        assert state_of(hass, entry, "message").attributes["text"] == "Call us at six"
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-8")
async def test_files_to_be_loaded_are_told_of_and_not_loaded(hass: HomeAssistant) -> None:
    resources = utility_server(before='<FileListLink href="/file" all="3"/>')
    resources["/file"] = FILES.format(lfdi="AB" * 20)
    with canned.serving(resources) as server:
        result = await in_band(hass, server.host, server.port)
        assert result["step_id"] == "commissioned", result
        shown = flows.placeholder(result, "told").split("\n\n")
        assert shown[:-1] == [
            "**Firmware for devices**\nThermo 3 4.1",
            "**Settings for devices**\nThermo 3 7",
            "**Other files for devices**\nOwn 1",
        ]
        entry = await finished(hass, result)
        assert "file_download" in steps_evidence(entry, Step.IP_8)["function_sets"]
        told = state_of(hass, entry, "commissioning_state").attributes["files"]
        assert told[0] == {
            "kind": "firmware",
            "model": "Thermo 3",
            "version": "4.1",
            "activates": "2030-03-17T17:46:40+00:00",
        }
        assert [each["activates"] for each in told[1:]] == [None, None]
        assert not [path for _, path in server.requests if path.startswith("/blob")]
        assert {method for method, _ in server.requests} <= {"GET", "POST"}
        assert [path for method, path in server.requests if method == "POST"] == ["/edev"]
        await hass.config_entries.async_unload(entry.entry_id)


def part[T: Part](entry: ConfigEntry, kind: type[T]) -> T:
    """Return a part of the poll."""
    (found,) = (each for each in entry.runtime_data.coordinator.parts if isinstance(each, kind))
    return found


@pytest.mark.use_case("IP-8")
async def test_function_sets_are_read_no_more_often_than_the_gateway_prefers(hass: HomeAssistant) -> None:
    programs, tariffs = '<DemandResponseProgramListLink href="/dr"/>', '<TariffProfileListLink href="/tp"/>'
    resources = utility_server(before=programs + MESSAGING + tariffs) | message("/msg", "Call us at six")
    body = resources["/msg"]
    assert isinstance(body, str)
    resources["/msg"] = body.replace("<MessagingProgramList ", '<MessagingProgramList pollRate="3600" ', 1)
    resources["/dr"] = '<DemandResponseProgramList href="/dr" all="0" results="0" pollRate="900"/>'
    resources["/tp"] = '<TariffProfileList href="/tp" all="0" results="0" pollRate="60"/>'
    with canned.serving(resources) as server:
        posts = server.entry
        server.entry = lambda href, lfdi: posts(href, lfdi).replace(
            "</EndDevice>", "<postRate>600</postRate></EndDevice>"
        )
        entry = await finished(hass, await in_band(hass, server.host, server.port))
        found = steps_evidence(entry, Step.IP_8)
        assert found["rates"] == {"messaging": 3600, "demand_response": 900, "pricing": 60}
        assert found["post_rate"] == 600
        coordinator = entry.runtime_data.coordinator
        await coordinator.async_refresh()
        assert part(entry, Messages).every == timedelta(hours=1)
        assert part(entry, Controls).every == timedelta(minutes=15)
        assert part(entry, Prices).every == timedelta(hours=1)  # seldom enough by itself
        asked = server.requests.count(("GET", "/msg"))
        await coordinator.async_refresh()
        assert server.requests.count(("GET", "/msg")) == asked
        await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.use_case("IP-8")
async def test_the_device_is_what_its_gateway_says_now(hass: HomeAssistant, hub: ConfigEntry) -> None:
    coordinator, registry = hub.runtime_data.coordinator, dr.async_get(hass)

    def shown() -> tuple[str | None, str | None, str | None]:
        device = registry.async_get_device_by_identifier((DOMAIN, hub.entry_id), hub.entry_id)
        assert device is not None
        return device.model, device.sw_version, device.serial_number

    model, _, serial = shown()
    coordinator.read_anew()
    await coordinator.async_refresh()
    configuration = coordinator.data.configuration
    assert configuration is not None
    newer = replace(configuration.info, software_version="2.0.1", serial_number=None)
    coordinator.data.configuration = replace(configuration, info=newer)
    coordinator.async_update_listeners()
    assert shown() == (model, "2.0.1", serial), "what it does not say now is as it was"
