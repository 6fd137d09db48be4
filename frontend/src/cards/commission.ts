import { html, type TemplateResult } from "lit";

import { INTEGRATION_PAGE, NEW_GATEWAY } from "../hass";
import { firstOf, type Subject } from "../home";
import { InstallerCard } from "./installer";

/** What there is, and the ways into Home Assistant's own dialogs that commission more. */
export class CommissionCard extends InstallerCard {
  protected override content(): unknown {
    return html`${this.heading(this.say("step_commission"))}
      <ul class="list">
        ${this.about("gateway").map((gateway) => this.#gateway(gateway))}
      </ul>
      ${this.#leads
        ? html`<div class="stack"><a class="button" href=${NEW_GATEWAY}>${this.say("new_gateway")}</a></div>
            <p class="quiet">${this.say("commission_hint")}</p>`
        : ""}`;
  }

  /** Home Assistant's own dialogs, and the pages of devices, are administrators'. */
  get #leads(): boolean {
    return this.hass.user?.is_admin === true;
  }

  #gateway(gateway: Subject): TemplateResult {
    const { name, device } = gateway;
    // Its row on that page has what adds a device or a vehicle to this gateway.
    const entry = device.primary_config_entry;
    const page = entry ? `${INTEGRATION_PAGE}#config_entry=${entry}` : INTEGRATION_PAGE;
    const its = this.about("device", "vehicle").filter(({ device: { primary_config_entry: of } }) => of === entry);
    return html`<li>
      ${[gateway, ...its].map((each) => this.#standing(each))}
      ${this.#leads
        ? html`<utility-han-numbers .hass=${this.hass} .subjects=${[gateway, ...its]}></utility-han-numbers>`
        : ""}
      ${this.#leads
        ? html`<div class="stack">
            <a class="button" href=${page} aria-label="${this.say("new_device")}: ${name}">${this.say("new_device")}</a>
          </div>`
        : ""}
    </li>`;
  }

  #standing(subject: Subject): TemplateResult {
    const state = firstOf(this.hass, subject, "registration_state", "binding", "commissioning_state");
    return html`<div class="line">
      ${this.#leads
        ? html`<a href="/config/devices/device/${subject.device.id}">${subject.name}</a>`
        : html`<span>${subject.name}</span>`}
      <span class="quiet">${state ? this.hass.formatEntityState(state) : ""}</span>
    </div>`;
  }
}
