"""Pages that link the customer's account with the utility (UR-5), when a hub is added or later."""

import logging
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, override

import probatio
from homeassistant.components.application_credentials import ClientCredential, async_import_client_credential
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigEntry, ConfigFlowResult
from homeassistant.const import CONF_URL
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2FlowHandler,
    async_get_implementations,
    async_get_redirect_uri,
)
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
from yarl import URL

from ...const import (
    CONF_GATEWAY_LFDI,
    CONF_GATEWAY_SFDI,
    CONF_INSTALL_CODE,
    CONF_PREMISE,
    CONF_UTILITY,
    DOMAIN,
    LOGGER,
)
from ...gateway import lfdi_of
from ...hub.flow.choices import choice
from ...hub.reach.transport import gateway_name_of
from ...hub.telling.texts import plain
from ...utility import (
    Account,
    Premise,
    Utility,
    UtilityDescription,
    UtilityError,
    UtilityReason,
    discover_utility,
    register_client,
    utility_url,
)
from ..access import async_end_permission, new_client
from ..oauth import auth_domain, authorization_server, bound_elsewhere
from .without import WithoutUtility

CONF_IMPLEMENTATION = "implementation"

_URL_FORM = probatio.Schema({probatio.Required(CONF_URL): TextSelector(TextSelectorConfig(type=TextSelectorType.URL))})
_EXAMPLE = "https://home.example-utility.com"
"""What the address of a utility looks like; Home Assistant wants no addresses in translations."""

_NO_TOKEN = {
    "oauth_timeout": UtilityReason.UTILITY_UNREACHABLE,
    "oauth_failed": UtilityReason.UTILITY_NOT_UNDERSTOOD,
    "oauth_error": UtilityReason.UTILITY_NOT_UNDERSTOOD,
    "oauth_unauthorized": UtilityReason.UNAUTHORIZED,
}
"""Why Home Assistant got no tokens, in our words."""


class AccountPages(WithoutUtility, AbstractOAuth2FlowHandler):
    """Finds the utility, has the customer sign in there, and shows whose account and premise it is."""

    DOMAIN = DOMAIN
    data: dict[str, Any]
    _url: URL
    _utility: UtilityDescription
    _choices: Sequence[tuple[Account, Premise]] = ()
    _granted: dict[str, Any]
    _updates: dict[str, Any]
    _asked_as: str | None = None
    """The idempotency key of a join request whose answer was lost: it is made once more, and not twice."""

    @property
    @override
    def logger(self) -> logging.Logger:
        return LOGGER

    async def async_account_linked(self, updates: dict[str, Any]) -> ConfigFlowResult:
        """Go on with an account linked; ``updates`` belongs into the entry's data."""
        raise NotImplementedError

    async def async_step_account(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the utility's address and find out what it offers there."""
        errors: dict[str, str] = {}
        if self.goes_without(user_input):
            return await self.async_go_without()
        if user_input is not None:
            try:
                return await self._async_sign_in(user_input.get(CONF_URL, ""))
            except ValueError:
                errors[CONF_URL] = "invalid_url"
            except UtilityError as err:
                silent = err.reason is UtilityReason.UTILITY_UNREACHABLE  # more likely it is elsewhere
                errors = {CONF_URL: "address_silent"} if silent else {"base": err.reason}
        known = user_input or {CONF_URL: (self.data.get(CONF_UTILITY) or {}).get("url", "")}
        return self._show_account(known, errors)

    def _show_account(self, known: Mapping[str, Any], errors: dict[str, str]) -> ConfigFlowResult:
        return self.async_show_form(
            step_id="account",
            data_schema=self.add_suggested_values_to_schema(self.with_way_back(_URL_FORM), known),
            description_placeholders={"example": _EXAMPLE},
            errors=errors,
            last_step=False,
        )

    async def _async_sign_in(self, url: str) -> ConfigFlowResult:
        """Go to the sign-in of the utility at ``url``, as a client it knows; it is told of us where clients may tell.

        ``ValueError`` where that is no address, ``UtilityError`` where no utility is there.
        """
        self._url = utility_url(url)
        self._utility = utility = await discover_utility(async_get_clientsession(self.hass), self._url)
        server = utility.server
        domain = auth_domain(server.issuer)
        with authorization_server(server.authorization, server.token, utility.api_base):
            implementations = await async_get_implementations(self.hass, DOMAIN)
            if domain not in implementations and server.registration is not None:
                redirect = async_get_redirect_uri(self.hass)
                client_id, secret = await register_client(
                    async_get_clientsession(self.hass), server.registration, redirect
                )
                await async_import_client_credential(
                    self.hass, DOMAIN, ClientCredential(client_id, secret, utility.name), domain
                )
                implementations = await async_get_implementations(self.hass, DOMAIN)
            if domain in implementations:
                self.flow_impl = implementations[domain]
                return await self.async_step_auth()
            return await self.async_step_pick_implementation()

    @override
    async def async_step_pick_implementation(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Choose among credentials that a person typed, where the utility gives them out by hand.

        Id and secret go to the server that is meant, so a person says so, also of the only ones, and those of another
        utility are no choice.
        """
        server = self._utility.server
        with authorization_server(server.authorization, server.token, self._utility.api_base):
            implementations = await async_get_implementations(self.hass, DOMAIN)
        elsewhere = bound_elsewhere(implementations, self._async_current_entries(), server)
        offered = {name: each for name, each in implementations.items() if name not in elsewhere}
        if not offered:
            return self.async_abort(reason="missing_credentials")
        if user_input is not None and (chosen := offered.get(user_input[CONF_IMPLEMENTATION])) is not None:
            self.flow_impl = chosen
            return await self.async_step_auth()
        return self.async_show_form(
            step_id="pick_implementation",
            data_schema=probatio.Schema(
                {probatio.Required(CONF_IMPLEMENTATION): choice({name: each.name for name, each in offered.items()})}
            ),
            description_placeholders={"host": URL(server.token).authority},
            last_step=False,
        )

    @override
    async def async_step_creation(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Get the tokens; where that fails, a person goes on from the address."""
        result = await super().async_step_creation(user_input)
        if (reason := _NO_TOKEN.get(str(result.get("reason")))) is not None:
            return self._show_account({CONF_URL: str(self._url)}, {"base": reason})
        return result

    @override
    async def async_step_authorize_rejected(self, data: None = None) -> ConfigFlowResult:
        """The customer did not allow it, and may want to after all."""
        return self._show_account({CONF_URL: str(self._url)}, {"base": "authorize_rejected"})

    @override
    async def async_oauth_create_entry(self, data: dict[str, Any]) -> ConfigFlowResult:
        """The customer signed in; find the account and the premise."""
        self._granted, self._choices = data, ()
        return await self.async_step_premise()

    async def async_step_premise(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """UR-5: show account, premise and whether the gateway is the premise's own, to be confirmed."""
        utility = self._utility
        client = new_client(self.hass, utility.api_base, self._granted["token"])
        lfdi = self.data[CONF_GATEWAY_LFDI]
        errors: dict[str, str] = {}
        try:
            if user_input is None or not self._choices:  # what was shown is what is chosen from
                self._choices = sorted(
                    (
                        (account, premise)
                        for account in await client.accounts()
                        for premise in account.premises
                        if account.status != "closed"
                    ),
                    # The premise whose meter this is comes first.
                    key=lambda choice: lfdi not in choice[1].gateways,
                )
            else:
                account, premise = self._choices[int(user_input[CONF_PREMISE])]
                await client.verify_premise(premise.id, lfdi)
                return await self.async_account_linked(self._linked(utility, account, premise))
        except UtilityError as err:
            errors["base"] = err.reason
        if not self._choices and not errors:
            # The customer may have another account, at this utility or another.
            return self._show_account({CONF_URL: str(self._url)}, {"base": "no_premise"})
        options = {
            str(number): f"{premise.address} — {account.holder}, {account.number}"
            for number, (account, premise) in enumerate(self._choices)
        }
        return self.async_show_form(
            step_id="premise",
            data_schema=_premise_form(options),
            description_placeholders={
                "utility": plain(utility.name),
                "title": plain(self._premises),
                "gateway": gateway_name_of(self.data),
            },
            errors=errors,
        )

    @property
    def _premises(self) -> str:
        """What the premises are called: as the hub, where there is one."""
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry().title
        return self._get_reauth_entry().title if self.source == SOURCE_REAUTH else str(self.data[CONF_PREMISE]["name"])

    def _linked(self, utility: UtilityDescription, account: Account, premise: Premise) -> dict[str, Any]:
        server = utility.server
        return {
            **self._granted,
            CONF_UTILITY: {
                "url": str(self._url),
                "name": utility.name,
                "api_base": utility.api_base,
                "authorize_url": server.authorization,
                "token_url": server.token,
                "revocation_url": server.revocation,
                "client_id": getattr(self.flow_impl, "client_id", ""),
                "support": dict(utility.support),
                "account_id": account.id,
                "account": account.number,
                "premise_id": premise.id,
                "address": premise.address,
            },
        }

    async def async_step_reauth_account(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """The utility no longer accepts the permission: sign in again."""
        errors: dict[str, str] = {}
        account = self.data[CONF_UTILITY]
        if user_input is not None:
            try:
                return await self._async_sign_in(account["url"])
            except UtilityError as err:
                errors["base"] = err.reason
        return self.async_show_form(
            step_id="reauth_account",
            description_placeholders={"utility": plain(account["name"]), "account": plain(account["account"])},
            errors=errors,
        )

    async def async_update_account(self, updates: dict[str, Any]) -> ConfigFlowResult:
        """Put a linked account into the entry that asked for it."""
        if self.source == SOURCE_RECONFIGURE:
            entry = self._get_reconfigure_entry()
            if CONF_UTILITY in updates and _is_another(entry.data.get(CONF_UTILITY), updates[CONF_UTILITY]):
                self._updates = updates
                return await self.async_step_former_account()
        else:
            entry = self._get_reauth_entry()
            if entry.data[CONF_UTILITY]["premise_id"] != updates[CONF_UTILITY]["premise_id"]:
                # Devices are registered for one customer: another one is linked on purpose only.
                return self.async_abort(reason="other_account")
            return self.async_update_reload_and_abort(entry, data_updates=updates, reason="signed_in_again")
        return self.async_update_reload_and_abort(entry, data_updates=updates, reason="account_linked")

    async def async_step_former_account(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what stays at the former utility, while it can still be ended there, then end the permission.

        Nothing is deregistered unasked: who signed in to the wrong account links the former again, and all goes on.
        """
        entry = self._get_reconfigure_entry()
        names, unbilled = await self.async_stays_behind(entry)
        if user_input is None and (names or unbilled):
            return self.show_stays_behind("former_account", entry, names, unbilled)
        await async_end_permission(self.hass, entry)
        return self.async_update_reload_and_abort(entry, data_updates=self._updates, reason="account_linked")

    def show_stays_behind(
        self, step_id: str, entry: ConfigEntry, names: Sequence[str], unbilled: int
    ) -> ConfigFlowResult:
        """Show a page that says what stays at the utility of an entry, as :meth:`async_stays_behind` has it."""
        account = entry.data[CONF_UTILITY]
        return self.async_show_form(
            step_id=step_id,
            description_placeholders={
                "name": account["name"],  # titles are shown as they are
                "utility": plain(account["name"]),
                "account": plain(account["account"]),
                "registered": "\n".join(f"- {plain(name)}" for name in names) or "–",
                "unbilled": str(unbilled),
            },
        )

    async def async_stays_behind(self, entry: ConfigEntry) -> tuple[Sequence[str], int]:
        """Return what is registered at the utility of an entry, and how many sessions it has not billed yet."""
        raise NotImplementedError

    async def async_step_join_request(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """IP-6 by a third party: the utility is asked over its API to open the meter for the radio."""
        # A hub that is there renews its token while the dialog is open.
        of_hub = self._get_reconfigure_entry().data if self.source == SOURCE_RECONFIGURE else self.data
        client = new_client(self.hass, self.data[CONF_UTILITY]["api_base"], of_hub["token"])
        eui64 = self.data[CONF_GATEWAY_SFDI]
        self._asked_as = self._asked_as or f"join-{eui64}-{secrets.token_hex(8)}"
        try:
            await client.request_commissioning(
                self.data[CONF_UTILITY]["premise_id"],
                self.data[CONF_GATEWAY_LFDI] or await self._async_meter_there(client),
                lfdi_of(eui64),
                self.data["kind"],
                None,
                self._asked_as,
                eui64=eui64,
                install_code=self.data[CONF_INSTALL_CODE],
            )
        except UtilityError as err:
            if err.reason is not UtilityReason.UTILITY_UNREACHABLE:
                self._asked_as = None
            return self.async_show_form(step_id="join_request", errors={"base": err.reason}, last_step=False)
        self._asked_as = None  # who asks again wants the meter to be opened again
        return await self.async_utility_asked()

    async def _async_meter_there(self, client: Utility) -> str:
        """Return the LFDI of the premise's meter: which one a radio joins anew is known here only once it has."""
        there = self.data[CONF_UTILITY]["premise_id"]
        premises = (premise for account in await client.accounts() for premise in account.premises)
        found = next((premise.gateways for premise in premises if premise.id == there), ())
        if not found:
            raise UtilityError(UtilityReason.GATEWAY_NOT_AT_PREMISE, "the premise has no meter")
        return str(found[0])

    async def async_utility_asked(self) -> ConfigFlowResult:
        """Go on where the utility was asked to open the meter."""
        raise NotImplementedError


def _is_another(former: Mapping[str, Any] | None, account: Mapping[str, Any]) -> bool:
    """Whether another account than this was linked; what one person allows twice may end at once (RFC 7009, 2.1)."""
    known_by = ("api_base", "account_id")
    return former is not None and any(former.get(each, account[each]) != account[each] for each in known_by)


def _premise_form(options: Mapping[str, str]) -> probatio.Schema:
    """Choose among premises; ``options`` maps values to labels."""
    return probatio.Schema({probatio.Required(CONF_PREMISE, default=next(iter(options), None)): choice(options)})
