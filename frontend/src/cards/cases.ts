import { html, type TemplateResult } from "lit";

import { formatMoment } from "../formatting";
import { momentOf, stateOf } from "../home";
import { Card } from "./card";

/** A row of the attribute `cases` of the open cases. */
interface Case {
  device: string;
  status: string;
  summary: string;
  note?: string;
  appointment?: string;
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
    return html`${this.heading(this.say("cases"))}
      <ul class="list">
        ${cases.sort((a, b) => soonest(a) - soonest(b) || 0).map((each) => this.#case(each))}
      </ul>`;
  }

  override getCardSize(): number {
    return 2;
  }

  #case({ device, status, summary, note, appointment }: Case): TemplateResult {
    const at = momentOf(appointment);
    const when = at && formatMoment(this.hass, at, this.now);
    return html`<li>
      <strong>${device}</strong>
      <p>${[summary.replace(`${device}: `, ""), note].filter(Boolean).join(" — ")}</p>
      <p class="quiet">
        ${when ? this.say("appointment", { when }) : this.say(status === "scheduled" ? "case_scheduled" : "case_open")}
      </p>
    </li>`;
  }
}
