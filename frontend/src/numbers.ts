import { css, html, LitElement, type TemplateResult } from "lit";

import { copy } from "./copying";
import { whyOf } from "./failing";
import { DOMAIN, type Hass } from "./hass";
import type { Subject } from "./home";
import { styles } from "./styles";
import { say, type Word } from "./words";

/** What a utility may ask for (Subject.numbers of hub/subject.py), in the order in which it is told. */
const NAMES = ["lfdi", "sfdi", "pin", "eui64", "install_code", "ven", "serial", "vin"] as const;

type Told = Record<string, Partial<Record<(typeof NAMES)[number], string>> | undefined>;

/** What is typed into a utility's portal or said on the phone, folded away: each number is copied by a tap. */
export class Numbers extends LitElement {
  static override styles = [
    styles,
    css`
      :host {
        height: auto;
      }
      summary {
        min-height: var(--utility-han-touch, 40px);
        align-content: center;
        cursor: pointer;
      }
      dl {
        display: flex;
        flex-direction: column;
        gap: 8px;
        margin: 0 0 12px;
      }
      div {
        display: grid;
        grid-template-columns: 1fr auto;
        column-gap: 12px;
        align-items: center;
      }
      dt {
        color: var(--secondary-text-color);
      }
      dd {
        display: contents;
      }
      dd button {
        grid-area: 1 / 2 / 3;
        min-width: 6.5em;
      }
      code {
        display: block;
        color: var(--primary-text-color);
        user-select: all;
      }
    `,
  ];
  static override properties = {
    hass: { attribute: false },
    subjects: { attribute: false },
    told: { state: true },
    why: { state: true },
    copied: { state: true },
  };

  declare hass: Hass;
  declare subjects: Subject[];
  declare told: Told | undefined;
  declare why: string;
  /** What was copied last: its device and its name. */
  declare copied: string;

  constructor() {
    super();
    this.why = this.copied = "";
  }

  protected override render(): TemplateResult {
    return html`<details @toggle=${(event: Event) => (event.target as HTMLDetailsElement).open && this.#ask()}>
      <summary>${this.#say("numbers")}</summary>
      ${this.why ? html`<p class="failed" role="alert">${this.why}</p>` : ""}
      ${this.told ? this.subjects.map((subject) => this.#of(subject, this.told?.[subject.device.id])) : ""}
    </details>`;
  }

  #say(word: Word, placeholders?: Record<string, string>): string {
    return say(this.hass.locale.language, word, placeholders);
  }

  async #ask(): Promise<void> {
    try {
      this.told = await this.hass.callWS<Told>({ type: `${DOMAIN}/numbers` });
      this.why = "";
    } catch (error) {
      this.why = this.#say("failed", { why: await whyOf(this.hass, error) });
    }
  }

  #of({ device, name: of }: Subject, numbers: Told[string]): TemplateResult | string {
    if (!numbers) return "";
    return html`<p>${of}</p>
      <dl>
        ${NAMES.map((name) => {
          const number = numbers[name];
          if (!number) return "";
          const [label, key] = [this.#say(`number_${name}`), `${device.id} ${name}`];
          const done = this.copied === key;
          return html`<div>
              <dt>${label}</dt>
              <dd>
                <code>${number}</code>
                <button aria-label="${this.#say("copy")}: ${of}, ${label}" @click=${() => this.#copy(key, number)}>
                  ${this.#say(done ? "copied" : "copy")}
                </button>
              </dd>
            </div>`;
        })}
      </dl>`;
  }

  async #copy(key: string, number: string): Promise<void> {
    this.copied = (await copy(number, this.renderRoot)) ? key : "";
  }
}
