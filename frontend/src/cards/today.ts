import { css, html, type PropertyValues, type TemplateResult } from "lit";

import { whyOf } from "../failing";
import { beginOf, formatEnergy, formatMoney, formatTime, hourOf, midnight } from "../formatting";
import { ENERGY_IN, ENERGY_OUT, entityOf, stateOf, unitOf, type Subject } from "../home";
import { addUp, merge, statistics, type Row, type Today } from "../statistics";
import { Card } from "./card";

const EVERY = 60_000;
const HOUR = 3_600_000;
/** kWh that are told: less is shown as nothing. */
const LEAST = 0.005;

interface Found {
  taken: Today;
  given: Today | undefined;
  since: Date;
  counted: boolean;
}

export class TodayCard extends Card {
  static override styles = [
    ...Card.styles,
    css`
      .hours {
        /* Time goes from left to right, as it does on the strip of prices. */
        direction: ltr;
        display: flex;
        align-items: flex-end;
        gap: 2px;
        height: 56px;
        border-bottom: 1px solid var(--divider-color);
      }
      .hours div {
        flex: 1;
        min-height: 1px;
        border-radius: 2px 2px 0 0;
        background: var(--energy-grid-consumption-color, #488fc2);
      }
    `,
  ];
  static override properties = { ...Card.properties, found: { state: true }, why: { state: true } };

  declare found: Map<string, Found>;
  declare why: string;
  #asked = 0;

  constructor() {
    super();
    this.found = new Map();
    this.why = "";
  }

  protected override content(): unknown {
    const gateways = this.about("gateway");
    if (gateways.length === 0) return this.missing("today", "no_gateway", "add_gateway");
    const counting = gateways.filter((gateway) => entityOf(gateway, ...ENERGY_IN));
    if (counting.length === 0) return this.missing("today", "today_no_energy");
    if (this.why)
      return html`${this.heading(this.say("today"))}
        <p class="failed">${this.say("today_failed", { why: this.why })}</p>`;
    return html`${this.heading(this.say("today"))} ${counting.map((gateway) => this.#day(gateway, gateways.length > 1))}`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    if (Date.now() - this.#asked < EVERY) return;
    this.#asked = Date.now();
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const { hass } = this;
    const since = midnight(new Date(), hass.config.time_zone);
    const found = new Map<string, Found>();
    try {
      for (const gateway of this.about("gateway")) {
        const taken = entityOf(gateway, ...ENERGY_IN);
        if (!taken) continue;
        const given = entityOf(gateway, ...ENERGY_OUT);
        const price = entityOf(gateway, "price");
        const ids = [taken, given, price].filter((id) => id !== undefined);
        const units = { energy: "kWh" };
        const [hours, fine] = await Promise.all(
          (["hour", "5minute"] as const).map((period) =>
            statistics(hass, ids, since, period, ["change", "mean"], units),
          ),
        );
        const rows = (id: string): Row[] => merge(hours?.[id], fine?.[id]);
        const sum = (id: string, by?: string): Today =>
          addUp(rows(id), by ? rows(by) : undefined, (at) => hourOf(new Date(at), hass.config.time_zone));
        const counted = rows(taken).length > 0;
        found.set(gateway.device.id, { taken: sum(taken, price), given: given ? sum(given) : undefined, since, counted });
      }
      this.why = "";
    } catch (error) {
      this.why = await whyOf(hass, error);
    }
    this.found = found;
  }

  #day(gateway: Subject, named: boolean): TemplateResult {
    const found = this.found.get(gateway.device.id);
    const unit = unitOf(stateOf(this.hass, gateway, "price"));
    const name = named ? html`<p class="quiet">${gateway.name}</p>` : "";
    if (!found?.counted)
      return html`${name}
        <p class="quiet">${this.say(found ? "today_none" : "busy")}</p>`;
    const { taken, given } = found;
    return html`${name}
      <dl class="figures">
        ${this.#figure(this.say("from_grid"), formatEnergy(this.hass, taken.total))}
        ${given ? this.#figure(this.say("to_grid"), formatEnergy(this.hass, given.total)) : ""}
        ${this.#figure(this.say("cost"), this.#cost(taken, unit.split("/")[0] ?? ""))}
      </dl>
      ${this.#hours(found)}`;
  }

  #cost({ cost, unpriced }: Today, currency: string): string {
    if (cost === undefined) return this.say("cost_none");
    const known = formatMoney(this.hass, cost, currency);
    const without = formatEnergy(this.hass, unpriced);
    return unpriced < LEAST ? known : this.say("cost_part", { cost: known, energy: without });
  }

  #figure(name: string, value: string): TemplateResult {
    return html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`;
  }

  #hours({ taken, since }: Found): TemplateResult | string {
    const most = Math.max(...taken.hours);
    if (most <= 0) return "";
    const at = taken.hours.indexOf(most);
    const begun = beginOf(at, since, this.hass.config.time_zone);
    const [from, to] = [begun, new Date(begun.getTime() + HOUR)].map((moment) => formatTime(this.hass, moment));
    const label = this.say("by_hour", { from: from ?? "", to: to ?? "", energy: formatEnergy(this.hass, most) });
    return html`<div class="hours" role="img" aria-label=${label}>
      ${taken.hours.map((kwh) => html`<div style="height: ${Math.max(0, (100 * kwh) / most)}%"></div>`)}
    </div>`;
  }
}
