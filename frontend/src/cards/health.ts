import { css, html, type TemplateResult } from "lit";

import { formatMoment } from "../formatting";
import { DOMAIN, type State } from "../hass";
import { isKnown, momentOf, stateOf, type Subject } from "../home";
import { dot, entry } from "../styles";
import { Card } from "./card";

/** From well to bad, as the health sensor has it, and the colour of each. */
const SEVERITY = ["ok", "marginal", "failing", "failed"];
const COLOURS = ["--success-color", "--warning-color", "--warning-color", "--error-color"];
const CHECK = "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20m-2 15-5-5 1.4-1.4 3.6 3.6 7.6-7.6L19 8z";
const ALERT = "M13 14h-2V9h2m0 9h-2v-2h2M1 21h22L12 2z";
const CHEVRON = "M7.4 8.6 12 13.2l4.6-4.6L18 10l-6 6-6-6z";

/** What Home Assistant can do itself, by the next step of a diagnosis (services.yaml: repair). */
const REPAIRS = [
  "resynchronise",
  "re_announce",
  "reregister",
  "correct_enrollment",
  "commission_again",
  "renew_certificate",
  "sign_in",
  "check_device",
];

/** What a diagnosis or a repair answers (procedures/diagnosis.py, health/repairing.py). */
interface Found {
  verdict: string;
  next: string | null;
  fixed?: boolean;
}

interface Standing {
  subject: Subject;
  health: State;
  severity: number;
}

export class HealthCard extends Card {
  static override styles = [
    ...Card.styles,
    css`
      ha-card {
        border-inline-start: 6px solid var(--severity);
      }
      button.summary {
        display: flex;
        align-items: center;
        gap: 12px;
        width: 100%;
        font-size: var(--ha-font-size-l, 16px);
        font-weight: var(--ha-font-weight-medium, 500);
        min-height: 32px;
      }
      button.summary span {
        flex: 1;
      }
      svg {
        flex: none;
        width: 24px;
        height: 24px;
        fill: var(--severity);
      }
      svg.chevron {
        fill: var(--secondary-text-color);
      }
      [aria-expanded="true"] svg.chevron {
        transform: rotate(180deg);
      }
      li {
        ${entry}
      }
      .dot::before {
        ${dot}
        background: var(--severity);
      }
    `,
  ];
  static override properties = { ...Card.properties, open: { state: true } };

  declare open: boolean;
  /** Whether what was diagnosed is told of everything, also of what is well. */
  protected readonly thorough: boolean = false;

  constructor() {
    super();
    this.open = false;
  }

  override getCardSize(): number {
    return 1;
  }

  protected override render(): TemplateResult {
    const worst = Math.max(0, ...this.#standings().map(({ severity }) => severity));
    return html`<ha-card style="--severity: var(${COLOURS[worst]})">${this.content()}</ha-card>`;
  }

  protected override content(): unknown {
    const all = this.#standings();
    if (all.length === 0) return this.missing("health", "no_gateway", "add_gateway");
    const ill = all.filter(({ severity }) => severity > 0);
    const text =
      ill.length === 0
        ? this.say("health_ok")
        : ill.length === 1
          ? this.say("health_one", { device: ill[0]?.subject.name ?? "" })
          : this.say("health_some", { count: ill.length, all: all.length });
    return html`<button
        class="plain summary"
        aria-expanded=${this.open}
        aria-controls="standings"
        @click=${() => (this.open = !this.open)}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${ill.length === 0 ? CHECK : ALERT}></path></svg>
        <span>${text}</span>
        <svg class="chevron" viewBox="0 0 24 24" aria-hidden="true"><path d=${CHEVRON}></path></svg>
      </button>
      <ul class="list" id="standings" ?hidden=${!this.open}>
        ${this.open ? all.map((standing) => this.#standing(standing)) : ""}
      </ul>`;
  }

  /** Everything with what helps, below a heading; nothing where there is nothing. */
  protected list(heading: TemplateResult): TemplateResult | undefined {
    const all = this.#standings();
    if (all.length === 0) return undefined;
    return html`${heading}
      <ul class="list">
        ${all.map((standing) => this.#standing(standing))}
      </ul>`;
  }

  #standings(): Standing[] {
    return this.about()
      .map((subject) => ({ subject, health: stateOf(this.hass, subject, "health") }))
      .filter((each): each is { subject: Subject; health: State } => isKnown(each.health))
      .map((each) => ({ ...each, severity: Math.max(0, SEVERITY.indexOf(each.health.state)) }))
      .sort((a, b) => b.severity - a.severity);
  }

  #standing({ subject, health, severity }: Standing): TemplateResult {
    const { hass } = this;
    const since = severity > 0 ? momentOf(health.attributes["since"]) : undefined;
    const reason = health.attributes["reason"] ? hass.formatEntityAttributeValue(health, "reason") : "";
    return html`<li style="--severity: var(${COLOURS[severity]})">
      <div class="line">
        <strong>${subject.name}</strong>
        <span class="dot">${hass.formatEntityState(health)}</span>
      </div>
      ${reason || since
        ? html`<p>
            ${[reason, since && this.say("since", { when: formatMoment(hass, since, this.now) })]
              .filter(Boolean)
              .join(", ")}
          </p>`
        : ""}
      ${severity > 0 || this.thorough ? this.#diagnosed(subject) : ""} ${this.#ways(subject, severity > 0)}
    </li>`;
  }

  #diagnosed(subject: Subject): TemplateResult | string {
    const found = stateOf(this.hass, subject, "last_diagnosis");
    const at = momentOf(found?.attributes["at"]);
    if (!isKnown(found) || !at) return "";
    const next = found.attributes["next"] ? this.hass.formatEntityAttributeValue(found, "next") : "";
    const when = formatMoment(this.hass, at, this.now);
    return html`<div role="status">
      <p>${this.hass.formatEntityState(found)} <span class="quiet">(${when})</span></p>
      ${next ? html`<p>${this.say("helps", { what: next })}</p>` : ""}
    </div>`;
  }

  #ways({ device, name, entities }: Subject, ill: boolean): TemplateResult {
    const { hass } = this;
    const found = entities["last_diagnosis"] ? hass.states[entities["last_diagnosis"]] : undefined;
    const next = found?.attributes["next"];
    const ask = async (action: string): Promise<Found | undefined> =>
      (await hass.callService<Found>(DOMAIN, action, { device_id: device.id }, undefined, false, true)).response;
    return html`<div class="buttons">
      <utility-han-acting
        .hass=${hass}
        .act=${() => ask("diagnose").then((answer) => (found || !answer ? "" : this.#verdict(answer)))}
        .label=${this.say("diagnose")}
        .about=${name}
        .busy=${this.say("diagnosing")}
      ></utility-han-acting>
      ${(ill || this.thorough) && found && typeof next === "string" && REPAIRS.includes(next)
        ? html`<utility-han-acting
            .hass=${hass}
            .act=${() => ask("repair").then((answer) => this.#repaired(answer))}
            .label=${this.say("repair")}
            .about=${name}
            .busy=${this.say("repairing")}
            .question=${this.say("repair_sure", { device: name, what: hass.formatEntityAttributeValue(found, "next") })}
            .yes=${this.say("repair_yes")}
          ></utility-han-acting>`
        : ""}
      ${ill && hass.user?.is_admin
        ? html`<a class="button" href="/config/devices/device/${device.id}" aria-label="${this.say("details")}: ${name}"
            >${this.say("details")}</a
          >`
        : ""}
      </div>
      ${ill && this.#tells() ? html`<p class="quiet">${this.say("diagnose_tells")}</p>` : ""}`;
  }

  /** Whether a utility takes cases, and is told by who looks. */
  #tells(): boolean {
    // Whoever may not open cases has nothing told.
    return this.hass.user?.is_admin === true && this.everything().some(({ entities }) => entities["open_cases"]);
  }

  /** What was found, where there is no entity that says it. */
  #verdict({ verdict, next }: Found): string {
    const entity = `component.${DOMAIN}.entity.sensor.last_diagnosis`;
    const told = [`${entity}.state.${verdict}`, next && `${entity}.state_attributes.next.state.${next}`];
    return told.flatMap((key) => (key ? [this.hass.localize(key)] : [])).join(" · ");
  }

  #repaired(answer: Found | undefined): string {
    if (!answer) return "";
    return answer.fixed ? this.say("repaired") : this.say("not_repaired", { why: this.#verdict(answer) });
  }
}
