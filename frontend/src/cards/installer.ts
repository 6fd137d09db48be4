import { css } from "lit";

import type { Kept } from "../kept";
import { dot, entry } from "../styles";
import { Card } from "./card";

/** What the cards of the installer's page have in common: for thumbs, in gloves if need be. */
export abstract class InstallerCard extends Card {
  static override styles = [
    ...Card.styles,
    css`
      :host {
        --utility-han-touch: 56px;
        --utility-han-flex: 1 1 100%;
      }
      .stack {
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      .stack > * {
        width: 100%;
      }
      .chosen {
        background: color-mix(in srgb, var(--primary-color) 40%, transparent);
        border-width: 2px;
      }
      a.button {
        display: flex;
        align-items: center;
        justify-content: center;
        text-align: center;
      }
      fieldset {
        border: none;
        margin: 0;
        padding: 0;
        min-width: 0;
      }
      legend,
      label {
        display: block;
        padding: 0;
        margin-bottom: 8px;
        font-weight: var(--ha-font-weight-medium, 500);
      }
      input,
      select,
      textarea {
        box-sizing: border-box;
        width: 100%;
        min-height: 56px;
        padding: 12px;
        border: 1px solid var(--secondary-text-color);
        border-radius: 8px;
        background: var(--card-background-color);
        color: var(--primary-text-color);
        font: inherit;
      }
      textarea {
        min-height: 88px;
        resize: vertical;
      }
      li {
        ${entry}
      }
      .mark {
        /* What is longer than a line goes on below the text, not below the dot. */
        padding-inline-start: 18px;
        text-indent: -18px;
      }
      .mark::before {
        ${dot}
        background: var(--mark);
      }
    `,
  ];

  /** What is kept where the card is made anew, where it keeps anything. */
  protected readonly kept: Kept<object> | undefined;
  #leave: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#leave = this.kept?.follow(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    this.#leave?.();
    super.disconnectedCallback();
  }
}
