import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";

import { isConnectionLost, whyOf } from "./failing";
import type { Hass } from "./hass";
import { styles } from "./styles";
import { say, type Word } from "./words";

/**
 * A button that does something: asks first where that matters, says that it is busy while it is done, and why
 * it failed. What came of it is its card's to say.
 */
export class Acting extends LitElement {
  static override styles = [
    styles,
    css`
      /* Among other buttons (.buttons) all of this is laid out with them: they keep their places, and below them all
         is what is asked, under way or told. */
      :host {
        display: var(--utility-han-acting, block);
        height: auto;
      }
      div {
        display: var(--utility-han-acting, flex);
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      button {
        flex: var(--utility-han-flex, 0 1 auto);
      }
      p,
      .answer {
        order: 1;
      }
      p {
        flex-basis: 100%;
      }
      ha-spinner {
        vertical-align: middle;
        margin-inline-end: 8px;
      }
    `,
  ];
  static override properties = {
    hass: { attribute: false },
    act: { attribute: false },
    label: {},
    about: {},
    asOf: { attribute: false },
    question: {},
    yes: {},
    busy: {},
    stage: { state: true },
    why: { state: true },
  };

  declare hass: Hass;
  declare act: () => Promise<unknown>;
  declare label: string;
  /** What the button is about, where its label alone does not tell it from its neighbours. */
  declare about: string | undefined;
  /** Of when the newest is that its card tells of it: what failed before that is told no more. */
  declare asOf: number | undefined;
  /** What to ask first; nothing where it is done at once. */
  declare question: string | undefined;
  declare yes: string | undefined;
  declare busy: string | undefined;
  declare stage: "idle" | "asking" | "busy";
  declare why: string;

  constructor() {
    super();
    this.stage = "idle";
    this.why = "";
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("asOf") && this.stage !== "busy") this.why = "";
  }

  protected override render(): TemplateResult {
    return html`<div>
      ${this.#button()} ${this.stage === "asking" ? this.#asking() : ""}
      <p role="status" ?hidden=${this.stage !== "busy"}>
        ${this.stage === "busy"
          ? html`<ha-spinner size="tiny" aria-hidden="true"></ha-spinner>${this.busy ?? this.#say("busy")}`
          : ""}
      </p>
      ${this.why ? html`<p class="failed" role="alert">${this.why}</p>` : ""}
    </div>`;
  }

  #say(word: Word, placeholders?: Record<string, string>): string {
    return say(this.hass.locale.language, word, placeholders);
  }

  #button(): TemplateResult {
    const label = this.about ? `${this.label}: ${this.about}` : this.label;
    return html`<button
      aria-label=${label}
      ?disabled=${this.stage === "busy"}
      aria-expanded=${this.question ? this.stage === "asking" : nothing}
      @click=${() => (this.stage === "asking" ? this.#leave() : this.question ? this.#ask() : this.#do())}
    >
      ${this.label}
    </button>`;
  }

  #asking(): TemplateResult {
    return html`<p id="question">${this.question}</p>
      <button class="answer yes" aria-describedby="question" @click=${() => this.#do()}>${this.yes}</button>
      <button class="answer no" @click=${() => this.#leave()}>${this.#say("no")}</button>`;
  }

  async #ask(): Promise<void> {
    this.stage = "asking";
    this.why = "";
    await this.#focus(".yes");
  }

  async #leave(): Promise<void> {
    this.stage = "idle";
    await this.#focus("button");
  }

  /** What had the focus is gone: what comes in its place takes it. */
  async #focus(selector: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }

  async #do(): Promise<void> {
    const asked = this.stage === "asking";
    this.stage = "busy";
    this.why = "";
    try {
      await this.act();
    } catch (error) {
      // Nobody has said then that it was not done.
      const lost = isConnectionLost(error);
      this.why = this.#say(lost ? "maybe_done" : "failed", { why: await whyOf(this.hass, error) });
    }
    this.stage = "idle";
    // The answer that was pressed is gone; who has gone on meanwhile is left where they are.
    if (asked && document.activeElement === document.body) await this.#focus("button");
  }
}
