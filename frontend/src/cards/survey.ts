import { html, type PropertyValues, type TemplateResult } from "lit";

import { formatMoment, formatNumber } from "../formatting";
import { DOMAIN } from "../hass";
import { momentOf, type Subject } from "../home";
import type { Word } from "../words";
import { InstallerCard } from "./installer";

/** A place as the actions on coverage tell it (procedures/survey.py). */
interface Place {
  name: string;
  quality: string;
  signal: number | null;
  latency_ms: number | null;
  loss: number;
  at: string;
  carried: boolean;
}

interface Coverage {
  places: Place[];
  /** The sensor that the device's own radio has. */
  signal: string | null;
  case: string | null;
}

const QUALITIES: Record<string, [Word, string]> = {
  good: ["quality_good", "--success-color"],
  marginal: ["quality_marginal", "--warning-color"],
  too_weak: ["quality_too_weak", "--error-color"],
};
const NOT_CARRIED: [Word, string] = ["quality_way", "--disabled-color"];
const MOST_AREAS = 12;

/** A walk through the home: where is it measured, by what, and what came of it. */
export class SurveyCard extends InstallerCard {
  static override properties = {
    ...InstallerCard.properties,
    chosen: { state: true },
    place: { state: true },
    sensor: { state: true },
    coverage: { state: true },
  };

  declare chosen: string | undefined;
  declare place: string;
  declare sensor: string | undefined;
  declare coverage: Coverage | undefined;
  #read: string | undefined;

  constructor() {
    super();
    this.place = "";
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const device = this.#device()?.device.id;
    if (device === this.#read) return;
    this.#read = device;
    this.coverage = this.sensor = undefined;
    if (device) void this.#take("get_coverage");
  }

  protected override content(): unknown {
    const device = this.#device();
    const heading = this.heading(this.say("step_survey"));
    if (!device) return html`${heading}<p class="quiet">${this.say("survey_none")}</p>`;
    return html`${heading}
      <p class="quiet">${this.say("survey_hint")}</p>
      ${this.#devices(device)} ${this.#where()} ${this.#signals()}
      <div class="stack">
        <utility-han-acting
          .hass=${this.hass}
          .act=${() => this.#measure()}
          .label=${this.say("measure")}
          .about=${device.name}
          .busy=${this.say("measuring")}
        ></utility-han-acting>
      </div>
      ${this.#measured(device)}`;
  }

  #device(): Subject | undefined {
    const devices = this.about("device");
    return devices.find(({ device }) => device.id === this.chosen) ?? devices[0];
  }

  #devices(chosen: Subject): TemplateResult | string {
    const devices = this.about("device");
    if (devices.length === 1) return html`<p><strong>${chosen.name}</strong></p>`;
    return html`<fieldset>
      <legend>${this.say("survey_device")}</legend>
      <div class="buttons">
        ${devices.map(({ device, name }) =>
          this.#choice(name, device.id === chosen.device.id, () => (this.chosen = device.id)),
        )}
      </div>
    </fieldset>`;
  }

  #choice(text: string, chosen: boolean, choose: () => void): TemplateResult {
    return html`<button class=${chosen ? "chosen" : ""} aria-pressed=${chosen} @click=${choose}>${text}</button>`;
  }

  #where(): TemplateResult {
    const areas = Object.values(this.hass.areas).flatMap((area) => (area ? [area.name] : []));
    return html`<div>
      <label for="place">${this.say("survey_place")}</label>
      <div class="stack">
        <input
          id="place"
          maxlength="64"
          autocomplete="off"
          .value=${this.place}
          @input=${(event: Event) => (this.place = (event.target as HTMLInputElement).value)}
        />
        <div class="buttons">
          ${areas.slice(0, MOST_AREAS).map((area) => this.#choice(area, area === this.place, () => (this.place = area)))}
        </div>
      </div>
    </div>`;
  }

  /** What tells the signal there: the device's own radio, else a phone's, else nothing. */
  #signals(): TemplateResult | string {
    const own = this.coverage?.signal ?? undefined;
    const sensors = Object.values(this.hass.states).flatMap((state) =>
      state?.attributes["device_class"] === "signal_strength" ? [state] : [],
    );
    if (sensors.length === 0) return "";
    return html`<div>
      <label for="signal">${this.say("survey_signal")}</label>
      <select
        id="signal"
        @change=${(event: Event) => (this.sensor = (event.target as HTMLSelectElement).value || undefined)}
      >
        ${own ? "" : html`<option value="">${this.say("survey_way")}</option>`}
        ${sensors.map(
          ({ entity_id, attributes }) =>
            html`<option value=${entity_id} ?selected=${entity_id === (this.sensor ?? own)}>
              ${typeof attributes["friendly_name"] === "string" ? attributes["friendly_name"] : entity_id}
            </option>`,
        )}
      </select>
    </div>`;
  }

  async #measure(): Promise<void> {
    const place = this.place.trim();
    if (!place) {
      this.renderRoot.querySelector<HTMLElement>("#place")?.focus();
      throw new Error(this.say("place_needed"));
    }
    await this.#take("measure_coverage", { place, ...(this.sensor ? { entity_id: this.sensor } : {}) });
  }

  async #take(action: string, data: Record<string, unknown> = {}): Promise<Coverage | undefined> {
    const device_id = this.#device()?.device.id;
    const { response } = await this.hass.callService<Coverage>(
      DOMAIN, action, { device_id, ...data }, undefined, false, true,
    );
    // By now another device may be looked at.
    if (response && device_id === this.#device()?.device.id) this.coverage = response;
    return response;
  }

  async #tell(): Promise<string> {
    const coverage = await this.#take("report_coverage");
    return this.say("told_utility", { case: coverage?.case ?? "" });
  }

  #measured(device: Subject): TemplateResult {
    const places = this.coverage?.places ?? [];
    if (places.length === 0) return html`<p class="quiet">${this.say("survey_empty")}</p>`;
    return html`<ul class="list" aria-live="polite">
        ${places.map((place) => this.#place(place))}
      </ul>
      <div class="stack">
        <utility-han-acting
          .hass=${this.hass}
          .act=${() => this.#tell()}
          .label=${this.say("tell_utility")}
          .about=${device.name}
        ></utility-han-acting>
      </div>`;
  }

  #place({ name, quality, signal, latency_ms, loss, at, carried }: Place): TemplateResult {
    const [word, colour] = (carried ? QUALITIES[quality] : undefined) ?? NOT_CARRIED;
    const told = momentOf(at);
    const figures = [
      signal !== null && `${formatNumber(this.hass, signal, 0)} dBm`,
      latency_ms !== null && this.say("answers_in", { time: `${formatNumber(this.hass, Math.max(latency_ms, 1), 0)} ms` }),
      this.say("lost", { share: `${formatNumber(this.hass, loss * 100, 0)} %` }),
      told && formatMoment(this.hass, told, this.now),
    ];
    return html`<li style="--mark: var(${colour})">
      <div class="line"><strong>${name}</strong><span class="mark">${this.say(word)}</span></div>
      <p class="quiet">${figures.filter(Boolean).join(" · ")}</p>
    </li>`;
  }
}
