import { html, type TemplateResult } from "lit";

import { formatMoment, formatSpan } from "../formatting";
import { momentOf, stateOf } from "../home";
import { Card } from "./card";

/** A row of the attribute `cases` of the open cases. */
interface Case {
  device: string;
  status: string;
  summary: string;
  note?: string;
  appointment?: string;
  appointment_end?: string;
}

export class CasesCard extends Card {
  protected override content(): unknown {
    const gateways = this.about("gateway");
    if (gateways.length === 0) return this.missing("cases", "no_gateway", "add_gateway");
    const cases = gateways.flatMap((gateway) => {
      const told: unknown = stateOf(this.hass, gateway, "open_cases")?.attributes["cases"];
      return Array.isArray(told) ? (told as Case[]) : [];
    });
    if (cases.length === 0) return this.missing("cases", "cases_none");
    const soonest = (each: Case): number => momentOf(each.appointment)?.getTime() ?? Infinity;
    // Of two without an appointment neither is sooner, and infinity less infinity is no number.
    return html`${this.heading(this.say("cases"))}
      <ul class="list">
        ${cases.sort((a, b) => soonest(a) - soonest(b) || 0).map((each) => this.#case(each))}
      </ul>`;
  }

  override getCardSize(): number {
    return 2;
  }

  #case({ device, status, summary, note, appointment, appointment_end }: Case): TemplateResult {
    const [at, until] = [momentOf(appointment), momentOf(appointment_end)];
    // Whoever comes goes by the clock of the home, wherever its person reads this.
    const zone = this.hass.config.time_zone;
    const when = at && until
      ? formatSpan(this.hass, at, until, this.now, zone).join(" – ")
      : at && formatMoment(this.hass, at, this.now, zone);
    return html`<li>
      <strong>${device}</strong>
      <p>${[summary.replace(`${device}: `, ""), note].filter(Boolean).join(" — ")}</p>
      <p class="quiet">
        ${when ? this.say("appointment", { when }) : this.say(status === "scheduled" ? "case_scheduled" : "case_open")}
      </p>
    </li>`;
  }
}
