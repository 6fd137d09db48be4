"""Pages IP-10 and IP-11: what was joined and how well, and the way to the utility; the entry is made."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.const import CONF_TOKEN, UnitOfEnergy

from ...const import (
    CONF_GATEWAY_LFDI,
    CONF_GATEWAY_SFDI,
    CONF_NOTIFY,
    CONF_PREMISE,
    CONF_RENAMED,
    CONF_STATE,
    CONF_UTILITY,
    CONF_VTN,
)
from ...gateway import DeviceState, FileKind, LinkSecurity, Reason
from ...procedures import Check, CheckVerdict, CommissioningRun, Step
from ..reach.transport import Transport
from ..telling.texts import plain
from ..telling.words import Sheet
from .dialog import GatewayDialog
from .words import Words, checked, rated, remark, shown

_SECURE = {LinkSecurity.INSTALL_CODE.value: CheckVerdict.MARGINAL}
"""A link key from an install code proves the radio by what the utility was told, and no certificate (CBKE)."""

_NOT_CHANGED = (CONF_UTILITY, "auth_implementation", CONF_TOKEN, CONF_VTN, CONF_RENAMED)
"""What a change of the gateway leaves as the hub has it by then: a token is renewed while the dialog is open."""


class DonePages(GatewayDialog):
    """The last page says all that was found, marked good or bad."""

    @override
    async def async_step_commissioned(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-10 and IP-11: what was joined, and the ways to register devices, the gateway's own instructions first."""
        words = self.page_words
        # There is one way to the utility; who has it already is asked for none.
        has_way = self.source == SOURCE_RECONFIGURE or CONF_UTILITY in self.data
        return self.async_show_menu(
            step_id="commissioned",
            menu_options=["finish"] if has_way else ["account", "vtn", "finish"],
            description_placeholders={
                "gateway": self.gateway_name(),
                "found": "\n".join(self._joined(words, self.run)),
                "told": "\n\n".join(_told(words, self.run)),
            },
        )

    def _joined(self, words: Words, run: CommissioningRun) -> list[str]:
        """Return what was joined and how well: the gateway, the link, the self-check, in lines."""
        gateway, link, way_found = run.found(Step.IP_8), run.found(Step.IP_7), run.found(Step.IP_10)
        model = filter(None, (gateway["manufacturer"], gateway["model"], gateway["software_version"]))
        way = Sheet.WAY if self.transport is Transport.IP else Sheet.SIGNAL
        signal, security = way_found["signal"], link["security"]
        measured = way_found if "registers" in way_found else link
        registers = measured["registers"]
        checks = {item: found for item, found in run.found(Step.IP_3).items() if item != Check.NETWORK}
        odd = {item: found for item, found in checks.items() if found["verdict"] != CheckVerdict.PASSED}
        well = ", ".join(words.label("self_check_result", item) for item in checks if item not in odd)
        lines = [
            words.line(words.label("commissioned", way), words.value(way, signal), rated(signal)),
            words.line(
                words.label("commissioned", "security"),
                words.value(Sheet.SECURITY, security),
                _SECURE.get(security, CheckVerdict.PASSED),
            ),
            words.line(words.label("commissioned", "registers"), str(registers), CheckVerdict.PASSED)
            if registers
            else remark(words.error(Reason.NO_READINGS), CheckVerdict.MARGINAL),
            *reading_line(words, measured.get("reading")),
            *([words.line(words.label("commissioned", "self_check"), well, CheckVerdict.PASSED)] if well else []),
            *checked(words, odd),
        ]
        if run.found(Step.IP_9).get("pin_fits") is False:
            lines.append(remark(words.error("pin_differs"), CheckVerdict.MARGINAL))
        if made := " ".join(model):
            lines.insert(0, words.line(words.label("commissioned", "model"), plain(made)))
        return lines

    async def async_step_finish(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Finish with what there is; an account can be linked later."""
        return await self.async_finish(DeviceState.COMMISSIONED)

    @override
    async def async_finish(self, state: DeviceState) -> ConfigFlowResult:
        await self._async_drop_draft()
        gateway = await self.async_link()
        # Spares the meter being discovered a second time by the entry.
        self.data[CONF_GATEWAY_LFDI] = gateway.expected_lfdi or self.data[CONF_GATEWAY_LFDI]
        link = {CONF_GATEWAY_LFDI: self.data[CONF_GATEWAY_LFDI], "gateway": gateway.snapshot()}
        await self._async_let_go()
        await (await self.async_store()).async_put("links", self.data[CONF_GATEWAY_SFDI], link)
        if self.source == SOURCE_RECONFIGURE:
            return await self.async_hand_over(state)
        notify = self.data.pop(CONF_NOTIFY, None)
        return self.async_create_entry(
            title=self.data[CONF_PREMISE]["name"],
            data={**self.data, CONF_STATE: state.value},
            options={CONF_NOTIFY: notify} if notify else {},
        )

    @override
    async def async_hand_over(self, state: DeviceState = DeviceState.COMMISSIONING) -> ConfigFlowResult:
        """Let the existing entry commission, again or for the first time, with what was chosen here."""
        reauth = self.source == SOURCE_REAUTH
        entry = self._get_reauth_entry() if reauth else self._get_reconfigure_entry()
        await self._async_drop_draft()
        await self._async_let_go()
        changed = {key: value for key, value in self.data.items() if key not in _NOT_CHANGED}
        kept = {key: entry.data[key] for key in _NOT_CHANGED if key in entry.data}
        return self.async_update_reload_and_abort(
            entry,
            unique_id=self.data[CONF_GATEWAY_SFDI],
            data={**changed, **kept, CONF_STATE: state.value},
            reason="commissioning_continues",
        )


def reading_line(words: Words, reading: Mapping[str, Any] | None) -> list[str]:
    """Return a line of what the meter said, in kWh as its own display does; nothing where it said nothing yet."""
    if reading is None:
        return []
    value, unit = reading["value"], reading["unit"]
    if unit == UnitOfEnergy.WATT_HOUR:
        value, unit = value / 1000, UnitOfEnergy.KILO_WATT_HOUR
    shown_as = f"{round(value)}\N{NO-BREAK SPACE}{unit}"
    return [words.line(words.label("commissioned", reading["register"]), shown_as, CheckVerdict.PASSED)]


def _told(words: Words, run: CommissioningRun) -> list[str]:
    """Return what the gateway says about registration (IP-11), and has for devices to load (IP-8), in paragraphs."""
    told: list[str] = []
    if instructions := run.found(Step.IP_11).get("instructions"):
        told.append(f"**{words.label('commissioned', 'instructions')}**\n{shown(instructions)}")
    files: list[Mapping[str, Any]] = run.found(Step.IP_8).get("files", [])
    for kind in FileKind:
        named = [f"{each['model']} {each['version']}" for each in files if each["kind"] == kind]
        told += [f"**{words.label('commissioned', f'file_{kind}')}**\n{shown(named)}"] if named else []
    if files:
        told.append(words.label("commissioned", "files"))
    return told
