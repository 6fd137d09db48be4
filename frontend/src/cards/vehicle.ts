import { css, html, type PropertyValues, type TemplateResult } from "lit";

import { download } from "../download";
import { formatEnergy, formatMoment, formatMoney, formatSpan, monthOf } from "../formatting";
import { DOMAIN, type State } from "../hass";
import { isKnown, isPlanned, isThere, momentOf, numberOf, stateOf, unitOf, type Subject } from "../home";
import { dot } from "../styles";
import { kwhOf } from "../units";
import { Card } from "./card";

/** A watt-hour: less of a difference is none. */
const LEAST = 0.001;

const LEAST_PAUSE = 30_000;
const LONGEST_PAUSE = 3_600_000;

interface Sessions {
  sessions: { energy_kwh: number; amount: number; currency: string; place: string }[];
}

interface Measured {
  energy: number;
  cost: string;
}

export class VehicleCard extends Card {
  static override styles = [
    ...Card.styles,
    css`
      section {
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      section + section {
        border-top: 1px solid var(--divider-color);
        padding-top: 12px;
      }
      .plug::before {
        ${dot}
        background: var(--disabled-color, var(--secondary-text-color));
      }
      .plug.on::before {
        background: var(--success-color);
      }
      .differs {
        border-inline-start: 4px solid var(--warning-color);
        padding-inline-start: 8px;
      }
    `,
  ];
  static override properties = { ...Card.properties, measured: { state: true } };

  /** What was measured this month in kWh, and what that costs, by vehicle. */
  declare measured: Map<string, Measured>;
  #known = "";
  /** Whether something could not be asked for, which is done again before long. */
  #missed = false;
  /** When it was asked for last and, in milliseconds, for how long it is not asked for again while nothing changes. */
  #asked = 0;
  #pause = 0;

  constructor() {
    super();
    this.measured = new Map();
  }

  protected override content(): unknown {
    const vehicles = this.about("vehicle");
    if (vehicles.length === 0) return this.missing("vehicle", "no_vehicle", "add_vehicle");
    return vehicles.map((vehicle) => this.#vehicle(vehicle));
  }

  override getCardSize(): number {
    return 5;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    // What was measured this month is asked for again when it is another, and when a session or its bill has changed.
    const state = (vehicle: Subject, key: string): string => stateOf(this.hass, vehicle, key)?.state ?? "";
    const vehicles = this.about("vehicle");
    const month = monthOf(this.now, this.hass.config.time_zone);
    // Sessions tell when somebody was at home: they are not for everybody.
    const readable = vehicles.filter(({ device }) => this.may(device.id, "records"));
    const known = JSON.stringify([
      month,
      readable.map(({ device }) => device.id),
      ...vehicles.map((each) => [
        each.device.id, state(each, "session_cost"), state(each, "month_energy"), state(each, "charging_sessions"),
      ]),
    ]);
    // A session is over some time after it is unplugged, and no entity that is always there tells when.
    const waits = this.#missed || vehicles.some((each) => this.#uncounted(each));
    const now = this.now.getTime();
    const isNew = known !== this.#known;
    if (!isNew && !(waits && changed.has("now") && now - this.#asked >= this.#pause)) return;
    this.#known = known;
    this.#asked = now;
    // What stays uncounted (nobody knows whose it was) is looked for more and more seldom.
    this.#pause = isNew ? 0 : Math.min(Math.max(2 * this.#pause, LEAST_PAUSE), LONGEST_PAUSE);
    if (readable.length > 0) void this.#ask(readable, month, known);
  }

  async #ask(vehicles: Subject[], month: string, known: string): Promise<void> {
    const measured = new Map<string, Measured>();
    let missed = false;
    for (const { device } of vehicles) {
      try {
        const data = { device_id: [device.id], month };
        const { response } = await this.hass.callService<Sessions>(
          DOMAIN, "get_sessions", data, undefined, false, true,
        );
        const home = (response?.sessions ?? []).filter(({ place }) => place === "home");
        const energy = home.reduce((total, each) => total + each.energy_kwh, 0);
        // Amounts of two currencies have no sum.
        const costs = new Map<string, number>();
        for (const { amount, currency } of home) costs.set(currency, (costs.get(currency) ?? 0) + amount);
        const cost = [...costs].map(([currency, amount]) => formatMoney(this.hass, amount, currency)).join(" + ");
        measured.set(device.id, { energy, cost });
      } catch {
        // Nothing is said of what is not known: its hub may be loading, or the connection gone.
        missed = true;
      }
    }
    if (known !== this.#known) return; // it was asked for anew meanwhile
    this.#missed = missed;
    this.measured = measured;
  }

  #vehicle(vehicle: Subject): TemplateResult {
    const { hass } = this;
    const plug = stateOf(hass, vehicle, "plugged");
    const on = isKnown(plug) && plug.state === "on";
    const charging = on && plug.attributes["charging"] === true;
    const unassigned = plug?.attributes["unassigned_energy_kwh"];
    const isUnassigned = typeof unassigned === "number";
    const unknown = isUnassigned ? "plug_perhaps" : "plug_unknown";
    const word = !isKnown(plug) ? unknown : !on ? "unplugged" : charging ? "charging" : "plugged";
    return html`<section>
      <div class="line">
        ${this.heading(vehicle.name)}
        <span class="plug ${on ? "on" : ""}">${this.say(word)}</span>
      </div>
      ${on ? this.#idle(plug) : ""} ${this.#binding(vehicle)} ${isUnassigned ? this.#unassigned(unassigned) : ""} ${this.#session(vehicle, on)} ${this.#month(vehicle)} ${this.#plans(vehicle)}
      ${this.#buttons(vehicle, isKnown(plug) && !on)}
    </section>`;
  }

  /** Since when it has taken nothing, where it did before: it may be full, or waiting. */
  #idle(plug: State): TemplateResult | string {
    const since = momentOf(plug.attributes["idle_since"]);
    if (!since) return "";
    return html`<p class="quiet">${this.say("idle_since", { when: formatMoment(this.hass, since, this.now) })}</p>`;
  }

  /** How it is bound is said where it is not simply in force. */
  #binding(vehicle: Subject): TemplateResult | string {
    const binding = stateOf(this.hass, vehicle, "binding");
    if (!isKnown(binding) || binding.state === "in_force") return "";
    return html`<p class="differs">${this.hass.formatEntityState(binding)}</p>`;
  }

  /** A guest's, or one of several: what it has charged, so that nobody takes the charger for free. */
  #unassigned(energy: number): TemplateResult {
    return html`<div class="line">
      <span class="quiet">${this.say("plug_unassigned")}</span>
      <strong>${formatEnergy(this.hass, energy)}</strong>
    </div>`;
  }

  #session(vehicle: Subject, plugged: boolean): TemplateResult {
    const session = stateOf(this.hass, vehicle, "session_energy");
    // Before the first session there is no moment at which it began.
    const charged = kwhOf(session);
    const begun = plugged || charged !== 0 || session?.attributes["last_reset"];
    const energy = begun ? charged : undefined;
    const cost = this.#money(stateOf(this.hass, vehicle, "session_cost"));
    const told = energy === undefined ? [this.say("session_none")] : [formatEnergy(this.hass, energy), cost];
    return html`<div class="line">
      <span class="quiet">${this.say(plugged ? "session_now" : "session_last")}</span>
      <strong>${told.filter(Boolean).join(" · ")}</strong>
    </div>`;
  }

  #money(state: State | undefined): string {
    const amount = numberOf(state);
    return amount === undefined ? "" : formatMoney(this.hass, amount, unitOf(state));
  }

  #month(vehicle: Subject): TemplateResult | string {
    const { hass } = this;
    const billed = kwhOf(stateOf(hass, vehicle, "month_energy"));
    const amount = this.#money(stateOf(hass, vehicle, "month_cost"));
    const measured = this.measured.get(vehicle.device.id);
    const texts: string[] = [];
    if (measured) texts.push(this.say("measured", { energy: formatEnergy(hass, measured.energy) }));
    if (billed !== undefined) texts.push(this.say("billed", { energy: formatEnergy(hass, billed), amount }));
    // Where the bill is not among the entities that are enabled, there is what the sessions cost by their prices.
    else if (measured?.cost) texts.push(measured.cost);
    if (texts.length === 0) return "";
    if (!measured?.energy && !billed)
      return html`<div class="line">
        <span class="quiet">${this.say("month")}</span>
        <span>${this.say(this.#uncounted(vehicle) ? "month_uncounted" : "month_none")}</span>
      </div>`;
    return html`<div class="line">
        <span class="quiet">${this.say("month")}</span>
        <span>${texts.join(" · ")}</span>
      </div>
      ${measured && billed !== undefined ? this.#compared(measured.energy - billed) : ""}`;
  }

  /** Whether a session of this month is shown as the last one, and there is none yet in what the month comes to. */
  #uncounted(vehicle: Subject): boolean {
    const { hass } = this;
    const zone = hass.config.time_zone;
    const session = stateOf(hass, vehicle, "session_energy");
    const begun = momentOf(session?.attributes["last_reset"]);
    if (stateOf(hass, vehicle, "plugged")?.state !== "off" || !numberOf(session) || !begun) return false;
    if (this.measured.get(vehicle.device.id)?.energy || numberOf(stateOf(hass, vehicle, "month_energy"))) return false;
    return monthOf(begun, zone) === monthOf(this.now, zone);
  }

  #compared(more: number): TemplateResult {
    if (Math.abs(more) < LEAST) return html`<p class="quiet">${this.say("agrees")}</p>`;
    const energy = formatEnergy(this.hass, Math.abs(more));
    return html`<p class="differs">${this.say(more > 0 ? "less_billed" : "more_billed", { energy })}</p>`;
  }

  #plans(vehicle: Subject): TemplateResult {
    const { hass } = this;
    const departure = stateOf(hass, vehicle, "departure");
    const at = momentOf(departure?.state);
    const text = at ? formatMoment(hass, at, this.now) : this.say("departure_none");
    const [start, end] = [momentOf(departure?.attributes["start"]), momentOf(departure?.attributes["end"])];
    return html`${departure
      ? html`<div class="line">
          <span class="quiet">${this.say("departure")}</span>
          <button
            class="plain"
            aria-label="${this.say("departure")}: ${vehicle.name}, ${text}"
            @click=${() => this.more(departure.entity_id)}
          >
            ${text}
          </button>
        </div>`
      : ""}
    ${isPlanned(departure)
      ? html`<div class="line">
          <span class="quiet">${this.say("plan")}</span>
          <span>
            ${hass.formatEntityAttributeValue(departure, "reservation")}${start && end
              ? `, ${formatSpan(hass, start, end, this.now).join(" – ")}`
              : ""}
          </span>
        </div>`
      : ""}`;
  }

  #buttons(vehicle: Subject, away: boolean): TemplateResult {
    const { hass } = this;
    const now = stateOf(hass, vehicle, "charge_now");
    const binding = stateOf(hass, vehicle, "binding");
    const bound = isKnown(binding) && binding.state !== "none" && binding.state !== "binding";
    const button = (label: string, act: () => Promise<unknown>): TemplateResult =>
      html`<utility-han-acting .hass=${hass} .act=${act} .label=${label} .about=${vehicle.name}></utility-han-acting>`;
    return html`<div class="buttons">
      ${isThere(now) && !away && this.may(vehicle.device.id, "control")
        ? button(this.say("charge_now"), () =>
            hass.callService("button", "press", {}, { entity_id: now.entity_id }, false),
          )
        : ""}
      ${bound && this.may(vehicle.device.id, "records")
        ? html`${button(this.say("statement"), () => this.#download(vehicle, "pdf"))}
          ${button(this.say("table"), () => this.#download(vehicle, "csv"))}`
        : ""}
    </div>`;
  }

  /** Fetch a document of this month as the action makes it, and have the browser keep it under its name. */
  async #download(vehicle: Subject, format: string): Promise<void> {
    const { hass } = this;
    const month = monthOf(new Date(), hass.config.time_zone);
    const data = { format, device_id: [vehicle.device.id], month };
    const { response } = await hass.callService<{ url: string; name: string }>(
      DOMAIN, "export_sessions", data, undefined, false, true,
    );
    if (!response) return;
    download(hass, response.url, response.name);
  }
}
