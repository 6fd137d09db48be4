import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";

import { allows, learn, type May } from "../allowed";
import { INTEGRATION_PAGE, DOMAIN, type Hass } from "../hass";
import { isDisabled, subjects, type Kind, type Subject } from "../home";
import { styles } from "../styles";
import { say, type Word } from "../words";

/** What a person says of a card: which gateway, device or vehicle it is about; all of them where they say nothing. */
export interface CardConfig {
  type: string;
  device_id?: string;
}

const EVERY = 30_000;
/** What of Home Assistant a card may show beside the states of what it is about. */
const DRAWN_FROM = ["entities", "devices", "areas", "locale", "config", "user", "formatEntityState"] as const;

/** What all cards do: find what they are about, follow its states and the time, and say what is missing. */
export abstract class Card extends LitElement {
  static override styles = [styles];
  static override properties = {
    hass: { attribute: false },
    config: { state: true },
    now: { state: true },
  };

  declare hass: Hass;
  declare config: CardConfig;
  /** What depends on the time is drawn anew as it passes. */
  declare now: Date;
  #clock: ReturnType<typeof setInterval> | undefined;
  /** Of which devices it was asked who may do what, and whether that was not answered. */
  #askedOf: Hass["devices"] | undefined;
  #missed = false;

  constructor() {
    super();
    this.now = new Date();
  }

  setConfig(config: CardConfig): void {
    this.config = config;
  }

  static getStubConfig(): Record<string, never> {
    return {};
  }

  static getConfigForm(): unknown {
    return {
      schema: [{ name: "device_id", selector: { device: { integration: DOMAIN } } }],
      computeLabel: () => say(document.documentElement.lang, "subject"),
    };
  }

  getCardSize(): number {
    return 3;
  }

  getGridOptions(): Record<string, number | string> {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => (this.now = new Date()), EVERY);
  }

  override disconnectedCallback(): void {
    clearInterval(this.#clock);
    super.disconnectedCallback();
  }

  /** Home Assistant hands over all of itself with every change of any state: most are no business of a card. */
  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    if (!changed.has("hass") || changed.size > 1) return true;
    const before = changed.get("hass");
    if (!before || DRAWN_FROM.some((part) => before[part] !== this.hass[part])) return true;
    return this.everything().some(({ all }) => all.some((id) => before.states[id] !== this.hass.states[id]));
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (this.hass.user?.is_admin) return;
    if (this.#askedOf !== this.hass.devices || (this.#missed && changed.has("now"))) void this.learn();
  }

  /** Learn what who looks at the card may; the options may have changed since it was asked. */
  protected async learn(): Promise<void> {
    this.#askedOf = this.hass.devices;
    this.#missed = false;
    this.#missed = !(await learn(this.hass));
    this.requestUpdate();
  }

  /** Whether who looks at the card may do this to a device: what is refused is not offered. */
  protected may(device: string, may: May): boolean {
    return allows(this.hass, device, may);
  }

  protected everything(): Subject[] {
    return subjects(this.hass);
  }

  /** What the card is about, of these kinds: what its person chose, else everything. */
  protected about(...kinds: Kind[]): Subject[] {
    return subjects(this.hass)
      .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
      .filter(({ device }) => !this.config.device_id || device.id === this.config.device_id);
  }

  protected say(word: Word, placeholders?: Record<string, string | number>): string {
    return say(this.hass.locale.language, word, placeholders);
  }

  protected override render(): TemplateResult {
    return html`<ha-card>${this.content()}</ha-card>`;
  }

  protected abstract content(): unknown;

  protected heading(text: string): TemplateResult {
    return html`<h2>${text}</h2>`;
  }

  /** What is missing, and for who may add it the page on which that is done. */
  protected missing(title: Word, what: Word, add?: Word): TemplateResult {
    if (what === "no_gateway" && isDisabled(this.hass)) return this.missing(title, "gateway_disabled", "to_integration");
    return html`${this.heading(this.say(title))}
      <p class="quiet">${this.say(what)}</p>
      ${add && this.hass.user?.is_admin
        ? html`<div class="buttons"><a class="button" href=${INTEGRATION_PAGE}>${this.say(add)}</a></div>`
        : ""}`;
  }

  /** Open Home Assistant's own dialog of an entity. */
  protected more(entityId: string): void {
    this.dispatchEvent(new CustomEvent("hass-more-info", { detail: { entityId }, bubbles: true, composed: true }));
  }
}
