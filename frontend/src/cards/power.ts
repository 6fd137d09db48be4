import { css, html, svg, type PropertyValues, type TemplateResult } from "lit";

import { formatPower } from "../formatting";
import type { Hass } from "../hass";
import { entityOf, firstOf, numberOf, POWER_IN, POWER_OUT, stateOf, type Subject } from "../home";
import { statistics, type Row } from "../statistics";
import { wattsOf } from "../units";
import { Card } from "./card";

const SCALES = [1, 2, 3, 5, 10];
const RADIUS = 84;
const DAY = 86_400_000;
const QUARTER = 900_000;

export interface Flow {
  /** Watts from the grid, less than zero where the home gives. */
  watts: number;
  /** Whether it is a home that gives at all. */
  gives: boolean;
  ids: string[];
}

/** What flows between grid and home just now: by two registers, or by one that goes both ways. */
export const flowOf = (hass: Hass, gateway: Subject): Flow | undefined => {
  const takes = firstOf(hass, gateway, ...POWER_IN);
  const gives = stateOf(hass, gateway, POWER_OUT);
  const [taken, given] = [takes, gives].map(wattsOf);
  // Nothing flows one way: that says what flows at all only where the other way is known, or there is none.
  const unknown = [taken === undefined && entityOf(gateway, ...POWER_IN), given === undefined && gives].some(Boolean);
  if (!taken && !given && (unknown || (taken === undefined && given === undefined))) return undefined;
  const watts = taken !== undefined && (taken !== 0 || !given) ? taken : -(given ?? 0);
  const ids = [takes, gives].filter((state) => state !== undefined).map((state) => state.entity_id);
  // Whoever has ever given has the gauge go both ways, also at night.
  const everGave = numberOf(stateOf(hass, gateway, "energy_received"));
  return { watts, gives: everGave === undefined ? gives !== undefined : everGave > 0, ids };
};

/** The end of a scale that has all of these on it: 1, 2, 3, 5 or 10 times a power of ten, one kW at least. */
export const scaleFor = (watts: number): number => {
  const least = Math.max(1000, Math.abs(watts));
  const power = 10 ** Math.floor(Math.log10(least));
  return (SCALES.find((scale) => scale * power >= least) ?? 10) * power;
};

const at = (share: number): string => {
  const angle = Math.PI * (1 - share);
  return `${String(100 + RADIUS * Math.cos(angle))} ${String(100 - RADIUS * Math.sin(angle))}`;
};

/** An arc of the half circle between two shares of it. */
const arc = (from: number, to: number): string => `M ${at(from)} A ${RADIUS} ${RADIUS} 0 0 1 ${at(to)}`;

export class PowerCard extends Card {
  static override styles = [
    ...Card.styles,
    css`
      figure {
        margin: 0 auto;
        width: 100%;
        max-width: 300px;
        text-align: center;
      }
      svg {
        display: block;
        width: 100%;
      }
      path {
        fill: none;
        stroke-width: 18;
        stroke-linecap: butt;
      }
      .track {
        stroke: var(--divider-color);
      }
      .take {
        stroke: var(--energy-grid-consumption-color, #488fc2);
      }
      .give {
        stroke: var(--energy-grid-return-color, #8353d1);
      }
      .zero {
        stroke: var(--primary-text-color);
        stroke-width: 2;
      }
      .big {
        font-size: var(--ha-font-size-3xl, 28px);
        line-height: 1.2;
        margin-top: -44px;
      }
      .ends {
        /* The gauge goes from left to right in every language. */
        direction: ltr;
        display: flex;
        justify-content: space-between;
        font-size: var(--ha-font-size-s, 12px);
      }
      button.plain {
        width: 100%;
        text-align: center;
      }
    `,
  ];

  /** The most that flowed in the last day, by which the gauge is scaled. */
  #most = new Map<string, number>();
  #asked = 0;

  protected override content(): unknown {
    const gateways = this.about("gateway");
    if (gateways.length === 0) return this.missing("power", "no_gateway", "add_gateway");
    const flowing = gateways.map((gateway) => ({ gateway, flow: flowOf(this.hass, gateway) })).filter(({ flow }) => flow);
    if (flowing.length === 0) return this.missing("power", "power_none");
    const named = flowing.length > 1 || gateways.length > 1;
    return html`${this.heading(this.say("power"))}
    ${flowing.map(({ gateway, flow }) => flow && this.#gauge(gateway, flow, named))}`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    if (Date.now() - this.#asked < QUARTER) return;
    this.#asked = Date.now();
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const ids = this.about("gateway").flatMap((gateway) => flowOf(this.hass, gateway)?.ids ?? []);
    if (ids.length === 0) return;
    try {
      const units = { power: "W" };
      const rows = await statistics(this.hass, ids, new Date(Date.now() - DAY), "hour", ["max", "min"], units);
      const most = (row: Row): number => Math.max(Math.abs(row.max ?? 0), Math.abs(row.min ?? 0));
      this.#most = new Map(Object.entries(rows).map(([id, found]) => [id, Math.max(0, ...(found ?? []).map(most))]));
      this.requestUpdate();
    } catch {
      // Without the recorder the gauge is scaled by what flows now.
    }
  }

  #gauge(gateway: Subject, { watts, gives, ids }: Flow, named: boolean): TemplateResult {
    const most = Math.max(Math.abs(watts), ...ids.map((id) => this.#most.get(id) ?? 0));
    const scale = scaleFor(most);
    const zero = gives || watts < 0 ? 0.5 : 0;
    const share = zero + (1 - zero) * (watts / scale);
    const power = formatPower(this.hass, Math.abs(watts));
    const word = watts > 0 ? "power_in" : watts < 0 ? "power_out" : "power_neither";
    const text = this.say(word, { power });
    return html`<figure>
      ${named ? html`<figcaption class="quiet">${gateway.name}</figcaption>` : ""}
      <button class="plain" aria-label=${text} @click=${() => this.more(ids[0] ?? "")}>
        <svg viewBox="0 0 200 104" aria-hidden="true">
          <path class="track" d=${arc(0, 1)}></path>
          ${share === zero
            ? ""
            : svg`<path class="${watts > 0 ? "take" : "give"}" d="${arc(Math.min(zero, share), Math.max(zero, share))}"></path>`}
          ${zero ? svg`<path class="zero" d="M 100 4 V 28"></path>` : ""}
        </svg>
        <p class="big">${power}</p>
        <p class="quiet">${watts === 0 ? text : this.say(watts > 0 ? "take" : "give")}</p>
      </button>
      <p class="ends quiet" aria-hidden="true">
        <span>${zero ? formatPower(this.hass, scale) : formatPower(this.hass, 0)}</span>
        <span>${formatPower(this.hass, scale)}</span>
      </p>
    </figure>`;
  }
}
