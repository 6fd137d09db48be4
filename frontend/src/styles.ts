import { css } from "lit";

/** How entries of a list stand apart. */
export const entry = css`
  display: flex;
  flex-direction: column;
  gap: 8px;
  border-top: 1px solid var(--divider-color);
  padding-top: 12px;
`;

/** A dot before a text; its colour says how something is. */
export const dot = css`
  content: "";
  display: inline-block;
  width: 10px;
  height: 10px;
  margin-inline-end: 8px;
  border-radius: 50%;
`;

/** What all cards look like: Home Assistant's variables only, so that every theme fits. */
export const styles = css`
  :host {
    display: block;
    height: 100%;
  }
  ha-card {
    box-sizing: border-box;
    height: 100%;
    padding: 16px;
    display: flex;
    flex-direction: column;
    gap: 12px;
    color: var(--primary-text-color);
    overflow-wrap: anywhere;
  }
  h2 {
    margin: 0;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.4;
  }
  p {
    margin: 0;
  }
  [hidden] {
    display: none !important;
  }
  .quiet {
    color: var(--secondary-text-color);
  }
  .rows,
  .list {
    display: flex;
    flex-direction: column;
    gap: 12px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 4px 12px;
  }
  .figures {
    display: flex;
    flex-wrap: wrap;
    gap: 12px 24px;
    margin: 0;
  }
  .figures dt {
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
  }
  .figures dd {
    margin: 0;
    font-size: var(--ha-font-size-xl, 20px);
  }
  .buttons {
    --utility-han-acting: contents;
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  a {
    color: var(--primary-text-color);
    text-underline-offset: 3px;
  }
  button,
  a.button {
    box-sizing: border-box;
    min-height: var(--utility-han-touch, 40px);
    padding: 8px 16px;
    border: 1px solid color-mix(in srgb, var(--primary-color) 55%, transparent);
    border-radius: var(--ha-border-radius-pill, 20px);
    background: color-mix(in srgb, var(--primary-color) 14%, transparent);
    color: var(--primary-text-color);
    font: inherit;
    text-decoration: none;
    cursor: pointer;
  }
  button.plain {
    border: none;
    background: none;
    padding: 0;
    min-height: 0;
    border-radius: 4px;
    text-align: start;
  }
  .line button.plain {
    text-decoration: underline dotted;
    text-underline-offset: 3px;
  }
  button[disabled] {
    opacity: 0.6;
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  .failed {
    border-inline-start: 4px solid var(--error-color);
    padding-inline-start: 8px;
  }
  @media (prefers-reduced-motion: no-preference) {
    .eased {
      transition: all 0.5s ease;
    }
  }
`;
