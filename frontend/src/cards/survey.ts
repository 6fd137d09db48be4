import { html, type PropertyValues, type TemplateResult } from "lit";

import { formatMoment, formatQuantity } from "../formatting";
import { DOMAIN } from "../hass";
import { momentOf, type Subject } from "../home";
import { Kept } from "../kept";
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

const KEPT = new Kept<{
  chosen?: string;
  place: string;
  /** What tells the signal, and what was measured, by device. */
  sensors: Record<string, string | undefined>;
  coverage: Record<string, Coverage | undefined>;
  /** The case by which the utility was told of what was measured last. */
  told: Record<string, string | undefined>;
}>({ place: "", sensors: {}, coverage: {}, told: {} });

/** A walk through the home: where is it measured, by what, and what came of it. */
export class SurveyCard extends InstallerCard {
  protected override readonly kept = KEPT;
  #read: string | undefined;

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const device = this.#device()?.device.id;
    if (device === this.#read) return;
    this.#read = device;
    // What cannot be read now is read with the next measurement.
    if (device) this.#take(device, "get_coverage").catch(() => undefined);
  }

  protected override content(): unknown {
    const device = this.#device();
    const heading = this.heading(this.say("step_survey"));
    if (!device) return html`${heading}<p class="quiet">${this.say("survey_none")}</p>`;
    const measures = this.may(device.device.id, "control");
    return html`${heading} ${measures ? html`<p class="quiet">${this.say("survey_hint")}</p>` : ""}
      ${this.#devices(device)} ${measures ? this.#measuring(device) : ""}
      ${this.#measured(device)}`;
  }

  #measuring({ device, name }: Subject): TemplateResult {
    return html`${this.#where()} ${this.#signals(device.id)}
      <div class="stack">
        <utility-han-acting
          .hass=${this.hass}
          .act=${() => this.#measure(device.id)}
          .label=${this.say("measure")}
          .about=${name}
          .busy=${this.say("measuring")}
        ></utility-han-acting>
      </div>`;
  }

  #device(): Subject | undefined {
    const devices = this.about("device");
    return devices.find(({ device }) => device.id === KEPT.now.chosen) ?? devices[0];
  }

  #devices(chosen: Subject): TemplateResult | string {
    const devices = this.about("device");
    if (devices.length === 1) return html`<p><strong>${chosen.name}</strong></p>`;
    return html`<fieldset>
      <legend>${this.say("survey_device")}</legend>
      <div class="buttons">
        ${devices.map(({ device, name }) =>
          this.#choice(name, device.id === chosen.device.id, () => KEPT.set({ chosen: device.id })),
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
          .value=${KEPT.now.place}
          @input=${(event: Event) => KEPT.set({ place: (event.target as HTMLInputElement).value })}
        />
        <div class="buttons">
          ${areas.slice(0, MOST_AREAS).map((area) => this.#choice(area, area === KEPT.now.place, () => KEPT.set({ place: area })))}
        </div>
      </div>
    </div>`;
  }

  /** What tells the signal there: the device's own radio, else a phone's, else nothing. */
  #signals(device: string): TemplateResult | string {
    const own = KEPT.now.coverage[device]?.signal ?? undefined;
    const sensors = Object.values(this.hass.states).flatMap((state) =>
      state?.attributes["device_class"] === "signal_strength" ? [state] : [],
    );
    if (sensors.length === 0) return "";
    return html`<div>
      <label for="signal">${this.say("survey_signal")}</label>
      <select
        id="signal"
        @change=${(event: Event) => this.#carry(device, (event.target as HTMLSelectElement).value)}
      >
        ${own ? "" : html`<option value="">${this.say("survey_way")}</option>`}
        ${sensors.map(
          ({ entity_id, attributes }) =>
            html`<option value=${entity_id} ?selected=${entity_id === (KEPT.now.sensors[device] ?? own)}>
              ${typeof attributes["friendly_name"] === "string" ? attributes["friendly_name"] : entity_id}
            </option>`,
        )}
      </select>
    </div>`;
  }

  #carry(device: string, sensor: string): void {
    KEPT.set({ sensors: { ...KEPT.now.sensors, [device]: sensor || undefined } });
  }

  async #measure(device: string): Promise<void> {
    const place = KEPT.now.place.trim();
    if (!place) {
      this.renderRoot.querySelector<HTMLElement>("#place")?.focus();
      throw new Error(this.say("place_needed"));
    }
    const sensor = KEPT.now.sensors[device];
    await this.#take(device, "measure_coverage", { place, ...(sensor ? { entity_id: sensor } : {}) });
    KEPT.set({ told: { ...KEPT.now.told, [device]: undefined } });
  }

  async #take(device: string, action: string, data: Record<string, unknown> = {}): Promise<Coverage | undefined> {
    const { response } = await this.hass.callService<Coverage>(
      DOMAIN, action, { device_id: device, ...data }, undefined, false, true,
    );
    if (response) KEPT.set({ coverage: { ...KEPT.now.coverage, [device]: response } });
    return response;
  }

  async #tell(device: string): Promise<void> {
    const coverage = await this.#take(device, "report_coverage");
    KEPT.set({ told: { ...KEPT.now.told, [device]: coverage?.case ?? undefined } });
  }

  #measured(device: Subject): TemplateResult {
    const places = KEPT.now.coverage[device.device.id]?.places ?? [];
    const told = KEPT.now.told[device.device.id];
    if (places.length === 0) return html`<p class="quiet">${this.say("survey_empty")}</p>`;
    return html`<ul class="list" aria-live="polite">
        ${places.map((place) => this.#place(place))}
      </ul>
      ${this.may(device.device.id, "cases")
        ? html`<div class="stack">
            <utility-han-acting
              .hass=${this.hass}
              .act=${() => this.#tell(device.device.id)}
              .label=${this.say("tell_utility")}
              .about=${device.name}
            ></utility-han-acting>
          </div>`
        : ""}
      <p role="status" ?hidden=${!told}>${told ? this.say("told_utility", { case: told }) : ""}</p>`;
  }

  #place({ name, quality, signal, latency_ms, loss, at, carried }: Place): TemplateResult {
    const [word, colour] = (carried ? QUALITIES[quality] : undefined) ?? NOT_CARRIED;
    const told = momentOf(at);
    const figures = [
      signal !== null && formatQuantity(this.hass, signal, "dBm", 0),
      latency_ms !== null && this.say("answers_in", { time: formatQuantity(this.hass, Math.max(latency_ms, 1), "ms", 0) }),
      this.say("lost", { share: formatQuantity(this.hass, loss * 100, "%", 0) }),
      told && formatMoment(this.hass, told, this.now),
    ];
    return html`<li style="--mark: var(${colour})">
      <div class="line"><strong>${name}</strong><span class="mark">${this.say(word)}</span></div>
      <p class="quiet">${figures.filter(Boolean).join(" · ")}</p>
    </li>`;
  }
}
