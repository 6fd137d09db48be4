import { html, type TemplateResult } from "lit";

import { INTEGRATION_PAGE, NEW_GATEWAY } from "../hass";
import { stateOf, type Subject } from "../home";
import { InstallerCard } from "./installer";

/** What there is, and the ways into Home Assistant's own dialogs that commission more. */
export class CommissionCard extends InstallerCard {
  protected override content(): unknown {
    return html`${this.heading(this.say("step_commission"))}
      <ul class="list">
        ${this.about("gateway").map((gateway) => this.#gateway(gateway))}
      </ul>
      <div class="stack"><a class="button" href=${NEW_GATEWAY}>${this.say("new_gateway")}</a></div>
      <p class="quiet">${this.say("commission_hint")}</p>`;
  }

  #gateway(gateway: Subject): TemplateResult {
    const { device, name } = gateway;
    const state = stateOf(this.hass, gateway, "commissioning_state") ?? stateOf(this.hass, gateway, "health");
    // Its row on that page has what adds a device or a vehicle to this gateway.
    const entry = device.primary_config_entry;
    const page = entry ? `${INTEGRATION_PAGE}#config_entry=${entry}` : INTEGRATION_PAGE;
    return html`<li>
      <div class="line">
        <a href="/config/devices/device/${device.id}">${name}</a>
        <span>${state ? this.hass.formatEntityState(state) : ""}</span>
      </div>
      <div class="stack">
        <a class="button" href=${page} aria-label="${this.say("new_device")}: ${name}">${this.say("new_device")}</a>
      </div>
    </li>`;
  }
}
