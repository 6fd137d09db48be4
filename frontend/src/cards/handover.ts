import { css, html, type TemplateResult } from "lit";

import { download } from "../download";
import { DOMAIN } from "../hass";
import type { Subject } from "../home";
import { Kept } from "../kept";
import { InstallerCard } from "./installer";

interface Fact {
  name: string;
  value: string;
}

/** A gateway, device, vehicle or case, as the action tells it in the words of who asks (documents/report.py). */
interface Part {
  title: string;
  about: string;
  mark: string;
  standing: string;
  facts: Fact[];
  heads: string[];
  rows: string[][];
}

interface Report {
  title: string;
  subtitle: string;
  facts: Fact[];
  installed: Part[];
  cases: Part[];
  cases_title: string;
  cases_none: string;
  notes_title: string;
  notes: string;
  explained: string;
}

interface Made {
  report: Report;
  url: string;
  name: string;
}

interface Typed {
  installer: string;
  notes: string;
}

const MARKS: Record<string, string> = { well: "--success-color", unwell: "--error-color" };
const UNKNOWN = "--disabled-color";
/** Where what was typed is kept as long as the tab is open, also where the page is loaded anew. */
const TYPED = "utility-han-handover";

const typedBefore = (): Typed => {
  const nothing = { installer: "", notes: "" };
  try {
    return { ...nothing, ...(JSON.parse(sessionStorage.getItem(TYPED) ?? "{}") as Partial<Typed>) };
  } catch {
    // A browser may keep nothing at all: no reason for the page not to be there.
    return nothing;
  }
};

const KEPT = new Kept<{ chosen?: string; made?: Made | undefined; file?: File | undefined; typed: Typed }>({
  typed: typedBefore(),
});

/** The report of what was installed: made, read, shared. */
export class HandoverCard extends InstallerCard {
  static override styles = [
    ...InstallerCard.styles,
    css`
      article {
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      article {
        /* Home Assistant's own bar stays on top of what is scrolled to, and what hands it on is seen too. */
        scroll-margin-top: calc(var(--header-height, 56px) + 2 * var(--utility-han-touch) + 32px);
      }
      h3,
      h4 {
        margin: 0;
        font-size: inherit;
      }
      section {
        border-inline-start: 4px solid var(--mark);
        padding-inline-start: 12px;
      }
      dl {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 3fr);
        gap: 4px 12px;
        margin: 8px 0 0;
      }
      dt {
        color: var(--secondary-text-color);
      }
      dd {
        margin: 0;
        white-space: pre-line;
      }
      .row {
        margin-top: 8px;
      }
      .notes {
        white-space: pre-line;
      }
    `,
  ];
  protected override readonly kept = KEPT;

  protected override content(): unknown {
    const gateways = this.about("gateway");
    const gateway = gateways.find(({ device }) => device.id === KEPT.now.chosen) ?? gateways[0];
    if (!gateway) return this.missing("step_handover", "no_gateway", "add_gateway");
    return html`${this.heading(this.say("step_handover"))}
      <p class="quiet">${this.say("handover_hint")}</p>
      ${this.may(gateway.device.id, "administer") ? this.#making(gateways, gateway) : ""}
      ${KEPT.now.made ? this.#report(KEPT.now.made) : ""}`;
  }

  #making(gateways: Subject[], gateway: Subject): TemplateResult {
    return html`${gateways.length > 1
        ? html`<div>
            <label for="gateway">${this.say("handover_gateway")}</label>
            <select id="gateway" @change=${(event: Event) => KEPT.set({ chosen: (event.target as HTMLSelectElement).value })}>
              ${gateways.map(
                ({ device, name }) =>
                  html`<option value=${device.id} ?selected=${device.id === gateway.device.id}>${name}</option>`,
              )}
            </select>
          </div>`
        : ""}
      <div>
        <label for="installer">${this.say("handover_name")}</label>
        <input id="installer" maxlength="100" autocomplete="name" .value=${KEPT.now.typed.installer} @input=${this.#type} />
      </div>
      <div>
        <label for="notes">${this.say("handover_notes")}</label>
        <textarea id="notes" maxlength="2000" .value=${KEPT.now.typed.notes} @input=${this.#type}></textarea>
      </div>
      <div class="stack">
        <utility-han-acting
          .hass=${this.hass}
          .act=${() => this.#make(gateway.device.id)}
          .label=${this.say("handover_make")}
          .busy=${this.say("handover_making")}
        ></utility-han-acting>
      </div>`;
  }

  #type = (event: Event): void => {
    const { id, value } = event.target as HTMLInputElement;
    KEPT.set({ typed: { ...KEPT.now.typed, [id]: value } });
    try {
      sessionStorage.setItem(TYPED, JSON.stringify(KEPT.now.typed));
    } catch {
      // It is kept by the page, as long as that is there.
    }
  };

  async #make(device_id: string): Promise<void> {
    const { hass } = this;
    const data = { device_id, language: hass.locale.language, ...KEPT.now.typed };
    const { response } = await hass.callService<Made>(DOMAIN, "get_handover_report", data, undefined, false, true);
    KEPT.set({ made: response, file: undefined });
    await this.updateComplete;
    this.renderRoot.querySelector("article")?.scrollIntoView();
    if (!response || !(navigator.canShare as unknown)) return;
    // A browser lets share only who has just been touched: the file has to be there by then.
    const printed = await fetch(hass.hassUrl(response.url));
    if (!printed.ok) throw new Error(printed.statusText);
    const file = new File([await printed.blob()], response.name, { type: "application/pdf" });
    if (navigator.canShare({ files: [file] })) KEPT.set({ file });
  }

  async #share(file: File, title: string): Promise<void> {
    try {
      await navigator.share({ files: [file], title });
    } catch (error) {
      // Who thinks better of it has not failed.
      if ((error as { name?: unknown }).name !== "AbortError") throw error;
    }
  }

  #report({ report, url, name }: Made): TemplateResult {
    const { file } = KEPT.now;
    return html`<div class="stack">
        ${file
          ? html`<utility-han-acting
              .hass=${this.hass}
              .act=${() => this.#share(file, report.title)}
              .label=${this.say("share")}
            ></utility-han-acting>`
          : ""}
        <button @click=${() => download(this.hass, url, name)}>${this.say("download")}</button>
      </div>
      <article aria-label=${report.title}>
        <div>
          <h3>${report.title}</h3>
          <p class="quiet">${report.subtitle}</p>
          ${this.#facts(report.facts)}
        </div>
        ${report.installed.map((part) => this.#part(part))}
        <h3>${report.cases_title}</h3>
        ${report.cases.length > 0
          ? report.cases.map((part) => this.#part(part))
          : html`<p class="quiet">${report.cases_none}</p>`}
        ${report.notes
          ? html`<h3>${report.notes_title}</h3>
              <p class="notes">${report.notes}</p>`
          : ""}
        <p class="quiet">${report.explained}</p>
      </article>`;
  }

  #part({ title, about, mark, standing, facts, heads, rows }: Part): TemplateResult {
    return html`<section style="--mark: var(${MARKS[mark] ?? UNKNOWN})">
      <h4>${title}</h4>
      <p class="quiet">${about}</p>
      <p class="mark">${standing}</p>
      ${this.#facts(facts)}
      ${rows.map(([place, ...cells]) => {
        // On a phone a row is a sentence, and not a table that runs off the page.
        const told = cells.map((cell, at) => (cell === "–" ? "" : `${heads[at + 1] ?? ""}: ${cell}`));
        return html`<p class="row"><strong>${place}</strong> · ${told.filter(Boolean).join(" · ")}</p>`;
      })}
    </section>`;
  }

  #facts(facts: Fact[]): TemplateResult {
    return html`<dl>
      ${facts.map(({ name, value }) => html`<dt>${name}</dt><dd>${value}</dd>`)}
    </dl>`;
  }
}
