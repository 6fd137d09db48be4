import { css, html, svg, type TemplateResult } from "lit";

import { formatMoment, formatNumber, formatPrice, formatSpan, formatTime, hourOf, zoneOf } from "../formatting";
import { entityOf, firstOf, isPlanned, momentOf, numberOf, stateOf, unitOf, type Subject } from "../home";
import { bandOf, barsOf, rangeOf, SPAN, type Band, type Bar } from "../prices";
import { Card } from "./card";
import { TEST } from "./control";

const HOUR = 3_600_000;
const WIDTH = 1000;
const HEIGHT = 100;
const LEAST = 6;
const LABELS_EVERY = 6;

const LEVELS = ["low", "middle", "high"] as const;

interface Planned extends Band {
  kind: "control" | "charging";
  text: string;
}

export class PriceCard extends Card {
  static override styles = [
    ...Card.styles,
    css`
      .picture {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        column-gap: 8px;
      }
      .picture > * {
        grid-column: 2;
      }
      .scale {
        grid-column: 1;
        display: flex;
        flex-direction: column;
        justify-content: space-between;
        text-align: end;
        /* The figures stand beside the upper and the lower edge. */
        margin-block: -0.6em;
        line-height: 1.2;
      }
      .scale,
      .hours,
      .levels {
        font-size: var(--ha-font-size-s, 12px);
      }
      svg {
        display: block;
        width: 100%;
        height: 110px;
        overflow: visible;
        grid-row: 1;
      }
      .levels {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .levels svg {
        display: inline-block;
        width: 10px;
        height: 10px;
        margin-inline-end: 6px;
      }
      rect {
        stroke: var(--ha-card-background, var(--card-background-color));
        stroke-width: 1;
        vector-effect: non-scaling-stroke;
        cursor: pointer;
      }
      .low {
        fill: var(--success-color);
      }
      .middle {
        fill: var(--energy-grid-consumption-color, #488fc2);
      }
      .high {
        fill: var(--warning-color);
      }
      rect.chosen,
      rect:focus {
        stroke: var(--primary-text-color);
        stroke-width: 2;
        outline: none;
      }
      .hours {
        position: relative;
        height: 1.5em;
        container-type: inline-size;
      }
      .hours span {
        position: absolute;
        transform: translateX(-50%);
        white-space: nowrap;
      }
      /* Where the page is zoomed there is room for fewer: "12:00 PM" is about 5em. */
      @container (width < 22em) {
        .hours span:nth-child(even) {
          display: none;
        }
      }
      @container (width < 11em) {
        .hours span:not(:first-child) {
          display: none;
        }
      }
      .band {
        position: relative;
        margin-bottom: 4px;
        padding-top: 8px;
        font-size: var(--ha-font-size-s, 12px);
      }
      .band::before,
      .band i {
        position: absolute;
        top: 0;
        height: 6px;
        border-radius: 3px;
      }
      .band::before {
        content: "";
        inset-inline: 0;
        background: color-mix(in srgb, var(--divider-color) 50%, transparent);
      }
      .band i {
        min-width: 4px;
      }
      .band .control {
        background: var(--error-color);
      }
      .band .charging {
        background: var(--success-color);
      }
    `,
  ];
  static override properties = { ...Card.properties, chosen: { state: true } };

  /** When the interval begins that a person looks at. */
  declare chosen: number | undefined;

  protected override content(): unknown {
    // Devices and vehicles are on the strip of whichever gateway tells prices.
    const gateways = this.about("gateway");
    if (gateways.length === 0) return this.missing("price", "no_gateway", "add_gateway");
    const from = new Date(Math.floor(this.now.getTime() / HOUR) * HOUR);
    const told = gateways
      .map((gateway) => ({ gateway, bars: barsOf(firstOf(this.hass, gateway, "price"), from) }))
      .find(({ bars }) => bars.length > 0);
    if (!told && gateways.some((gateway) => entityOf(gateway, "price"))) return this.missing("price", "price_away");
    // Whether a utility is linked no entity tells that is enabled at first: the way to where it is seen, and done.
    if (!told) return this.missing("price", "price_none", "to_integration");
    return this.#strip(told.gateway, told.bars, from);
  }

  override getCardSize(): number {
    return 4;
  }

  #strip(gateway: Subject, bars: Bar[], from: Date): TemplateResult {
    const price = firstOf(this.hass, gateway, "price");
    const unit = unitOf(price);
    const current = numberOf(price);
    const chosen = bars.find(({ start }) => start.getTime() === this.chosen) ?? bars[0];
    const planned = this.#planned(from);
    const { floor, top } = rangeOf(bars);
    return html`<div class="line">
        ${this.heading(this.say("price"))}
        ${current === undefined
          ? ""
          : html`<span>${this.say("price_now", { price: formatPrice(this.hass, current, unit) })}</span>`}
      </div>
      <div class="picture">
        <div class="scale quiet" aria-hidden="true"><span>${this.#figure(top)}</span><span>${this.#figure(floor)}</span></div>
        <svg
          viewBox="0 0 ${WIDTH} ${HEIGHT}"
          preserveAspectRatio="none"
          role="group"
          aria-label="${this.say("price")}. ${this.say("price_keys")}"
          @keydown=${(event: KeyboardEvent) => this.#step(event, bars, chosen)}
        >
          ${bars.map((bar) => this.#bar(bar, unit, bar === chosen))}
        </svg>
        <div class="hours quiet" aria-hidden="true">${this.#labels(from)}</div>
        ${planned.length > 0
          ? html`<ul class="list" style="gap: 0">
              ${planned.map((each) => this.#band(each))}
            </ul>`
          : ""}
      </div>
      ${this.#levels(bars, unit)}
      <p>
        ${chosen
          ? this.#told(chosen, unit, current !== undefined && chosen.start <= this.now && this.chosen === undefined)
          : ""}
      </p>`;
  }

  #figure(price: number): string {
    return formatNumber(this.hass, price, 4, price === 0 ? 0 : 2);
  }

  /** What the colours mean, where there are several. */
  #levels(bars: Bar[], unit: string): TemplateResult | string {
    const levels = LEVELS.map((level) => ({ level, prices: bars.filter((bar) => bar.level === level).map(({ price }) => price) }))
      .filter(({ prices }) => prices.length > 0);
    if (levels.length < 2) return "";
    return html`<ul class="levels">
      ${levels.map(({ level, prices }) => {
        const [least, most] = [Math.min(...prices), Math.max(...prices)];
        const range = least === most ? "" : `${this.#figure(least)} – `;
        return html`<li>
          <svg viewBox="0 0 1 1" aria-hidden="true"><path class=${level} d="M0 0h1v1H0z"></path></svg
          >${this.say(`price_${level}`)}: ${range}${formatPrice(this.hass, most, unit)}
        </li>`;
      })}
    </ul>`;
  }

  /** A price in words; of what holds `now`, which is told above, its end is enough. */
  #told(bar: Bar, unit: string, now = false): string {
    const [from, to] = formatSpan(this.hass, bar.start, bar.end, this.now);
    const until = formatMoment(this.hass, bar.end, this.now);
    const text = this.say(now ? "price_until" : "price_bar", {
      from, to: now ? until : to, price: formatPrice(this.hass, bar.price, unit),
    });
    if (!bar.tier) return text;
    // A tier has a number, or a name that says itself what it is.
    return /^\d+$/.test(bar.tier) ? this.say("price_tier", { bar: text, tier: bar.tier }) : `${text}, ${bar.tier}`;
  }

  #bar(bar: Bar, unit: string, chosen: boolean): TemplateResult {
    const height = Math.max(LEAST, bar.height * HEIGHT);
    const choose = (): void => {
      this.chosen = bar.start.getTime();
    };
    return svg`<rect
      x=${bar.left * WIDTH} y=${HEIGHT - height} width=${bar.width * WIDTH} height=${height}
      class="${bar.level}${bar.start.getTime() === this.chosen ? " chosen" : ""}"
      role="img" aria-label=${this.#told(bar, unit)} tabindex=${chosen ? 0 : -1}
      data-start=${bar.start.getTime()} @click=${choose} @focus=${choose}></rect>`;
  }

  /** One stop for the tab key: the arrow keys go along the strip. */
  #step(event: KeyboardEvent, bars: Bar[], chosen: Bar | undefined): void {
    const at = chosen ? bars.indexOf(chosen) : 0;
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: bars.length - 1 }[event.key];
    const bar = to === undefined ? undefined : bars[to];
    if (!bar) return;
    event.preventDefault();
    this.renderRoot.querySelector<SVGElement>(`[data-start="${String(bar.start.getTime())}"]`)?.focus();
  }

  #labels(from: Date): TemplateResult[] {
    const zone = zoneOf(this.hass);
    return Array.from({ length: SPAN / HOUR }, (_, hours) => new Date(from.getTime() + hours * HOUR))
      .map((moment, hours) => ({ moment, hours }))
      .filter(({ moment, hours }) => hours > 1 && hours < 23 && hourOf(moment, zone) % LABELS_EVERY === 0)
      .map(
        ({ moment, hours }) =>
          html`<span style="left: ${(100 * hours * HOUR) / SPAN}%">${formatTime(this.hass, moment)}</span>`,
      );
  }

  /** What is planned for the span: load controls of devices, reservations of vehicles. */
  #planned(from: Date): Planned[] {
    const { hass } = this;
    const all: Planned[] = [];
    const put = (subject: Subject, key: string, kind: Planned["kind"]): void => {
      const { state, attributes } = stateOf(hass, subject, key) ?? {};
      if (state === TEST) return;
      const band = bandOf(momentOf(attributes?.["start"]), momentOf(attributes?.["end"]), from);
      if (!band) return;
      const [start, end] = formatSpan(hass, band.start, band.end, this.now);
      const told = { device: subject.name, from: start, to: end };
      const text = this.say(kind === "control" ? "band_control" : "band_charging", told);
      all.push({ ...band, kind, text });
    };
    for (const subject of this.everything()) {
      put(subject, "active_event", "control");
      put(subject, "next_event", "control");
      if (isPlanned(stateOf(hass, subject, "departure"))) put(subject, "departure", "charging");
    }
    return all.sort((a, b) => a.left - b.left);
  }

  #band({ left, width, kind, text }: Planned): TemplateResult {
    return html`<li class="band">
      <i class=${kind} style="left: ${100 * left}%; width: ${100 * width}%"></i>
      <span>${text}</span>
    </li>`;
  }
}
