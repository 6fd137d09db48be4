import { css, html, type PropertyValues, type TemplateResult } from "lit";

import { formatMoment, isElsewhere } from "../formatting";
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
] as const;

type Repair = (typeof REPAIRS)[number];

const isRepair = (next: string): next is Repair => (REPAIRS as readonly string[]).includes(next);

/** What a diagnosis found, the one after a repair too: as its entity tells it, and as actions answer. */
interface Found {
  verdict: string;
  next: string | null;
  /** What was done to repair it, where this is the diagnosis after that. */
  repair: string | null;
  case_closed: boolean;
  at: Date | undefined;
}

type Answer = Omit<Found, "at">;

const WELL = "nothing_wrong";

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
      .told {
        order: 1;
        flex: 1 1 100%;
      }
      .dot::before {
        ${dot}
        background: var(--severity);
      }
    `,
  ];
  static override properties = {
    ...Card.properties,
    open: { state: true },
    looking: { state: true },
    answered: { state: true },
  };

  /** Whether all of it is shown; nobody has said so while it is not there. */
  declare open: boolean | undefined;
  /** What is being diagnosed or repaired, by device: which repair it is. */
  declare looking: Map<string, Repair | undefined>;
  /** What actions answered on what has no entity that tells it, by device. */
  declare answered: Map<string, Found>;
  /** What was shown last, by device, from the first to the last. */
  #order: string[] = [];
  /** Whether what was diagnosed is told of everything, also of what is well. */
  protected readonly thorough: boolean = false;

  constructor() {
    super();
    this.looking = new Map();
    this.answered = new Map();
  }

  override getCardSize(): number {
    return 1;
  }

  /** Where something has failed nobody has to ask what, and it does not fold itself once it is repaired. */
  protected override willUpdate(): void {
    if (this.#standings().some(({ health }) => health.state === "failed")) this.open ??= true;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    if (changed.has("open")) void this.learn();
  }

  protected override render(): TemplateResult {
    const all = this.#standings();
    // Where nothing is seen, nothing is well.
    const colour = all.length > 0 ? COLOURS[Math.max(...all.map(({ severity }) => severity))] : "--divider-color";
    return html`<ha-card style="--severity: var(${colour})">${this.content()}</ha-card>`;
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
        aria-expanded=${this.open === true}
        aria-controls="standings"
        @click=${() => (this.open = !this.open)}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${ill.length === 0 ? CHECK : ALERT}></path></svg>
        <span>${text}</span>
        <svg class="chevron" viewBox="0 0 24 24" aria-hidden="true"><path d=${CHEVRON}></path></svg>
      </button>
      ${isElsewhere(this.hass, this.now) ? html`<p class="quiet">${this.say("elsewhere", { time: this.#atHome() })}</p>` : ""}
      <ul class="list" id="standings" ?hidden=${!this.open}>
        ${this.open ? all.map((standing) => this.#standing(standing)) : ""}
      </ul>`;
  }

  /** What time it is at home: what Home Assistant says in dialogs and notices goes by that. */
  #atHome(): string {
    const { hass, now } = this;
    return formatMoment(hass, now, now, hass.config.time_zone);
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

  /** The worst first; while they are looked at each keeps its place, however it does. */
  #standings(): Standing[] {
    const shown = this.open || this.thorough ? this.#order : [];
    const place = ({ subject }: Standing): number => (shown.indexOf(subject.device.id) + 1 || Infinity);
    const standings = this.about()
      .map((subject) => ({ subject, health: stateOf(this.hass, subject, "health") }))
      .filter((each): each is { subject: Subject; health: State } => isKnown(each.health))
      .map((each) => ({ ...each, severity: Math.max(0, SEVERITY.indexOf(each.health.state)) }))
      .sort((a, b) => b.severity - a.severity)
      .sort((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)));
    this.#order = standings.map(({ subject }) => subject.device.id);
    return standings;
  }

  #standing({ subject, health, severity }: Standing): TemplateResult {
    const { hass } = this;
    const changed = momentOf(health.attributes["since"]);
    const since = severity > 0 ? changed : undefined;
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
      ${this.#ways(subject, health, severity > 0, changed)}
    </li>`;
  }

  /** What the last diagnosis found, nothing where there was none. */
  #found(subject: Subject): Found | undefined {
    const state = stateOf(this.hass, subject, "last_diagnosis");
    if (!isKnown(state)) return this.answered.get(subject.device.id);
    const at = momentOf(state.attributes["at"]);
    return at && { ...(state.attributes as unknown as Answer), verdict: state.state, at };
  }

  #ways(subject: Subject, health: State, ill: boolean, changed: Date | undefined): TemplateResult {
    const { hass } = this;
    const { device, name } = subject;
    const last = this.#found(subject);
    // It has got worse since, or well by itself: what was found then, and would have helped, says nothing any more.
    const over = last?.at && changed && changed > last.at && (last.verdict === WELL) === ill;
    const found = over ? undefined : last;
    // Before anything was diagnosed it is what usually helps of the reason that is known.
    const helps = found ? found.next : ill ? (health.attributes["next"] as Found["next"] | undefined) : undefined;
    // What is being repaired is so until that is over, also where it is well before it was tested.
    const repairing = this.looking.get(device.id);
    const next = repairing ?? (ill || this.thorough ? helps : undefined);
    const asOf = last?.at?.getTime();
    // What helps comes first: who knows what to do need not have it looked for.
    return html`<div class="buttons">
        ${this.looking.has(device.id) ? "" : this.#told(found, helps)}
        ${next && isRepair(next) && this.may(device.id, "repair")
          ? html`<utility-han-acting
              .hass=${hass}
              .act=${() => this.#ask(device.id, next)}
              .label=${this.say("repair")}
              .about=${name}
              .asOf=${asOf}
              .question=${this.say("repair_sure", { what: this.say(`sure_${next}`) })}
              .yes=${this.say("repair_yes")}
              .busy=${this.say("repairing")}
            ></utility-han-acting>`
          : ""}
        ${this.may(device.id, "control")
          ? html`<utility-han-acting
              .hass=${hass}
              .act=${() => this.#ask(device.id)}
              .label=${this.say("diagnose")}
              .about=${name}
              .asOf=${asOf}
              .busy=${this.say("diagnosing")}
            ></utility-han-acting>`
          : ""}
        ${ill && hass.user?.is_admin
          ? html`<a class="button" href="/config/devices/device/${device.id}" aria-label="${this.say("details")}: ${name}"
              >${this.say("details")}</a
            >`
          : ""}
      </div>
      ${ill && this.#tells(device.id) ? html`<p class="quiet">${this.say("diagnose_tells")}</p>` : ""}`;
  }

  /** Diagnose, or repair; what came of it is told by an entity, else kept here. */
  async #ask(device_id: string, repair?: Repair): Promise<void> {
    const action = repair ? "repair" : "diagnose";
    this.looking = new Map(this.looking).set(device_id, repair);
    try {
      const { response } = await this.hass.callService<Answer>(DOMAIN, action, { device_id }, undefined, false, true);
      if (response) this.answered = new Map(this.answered).set(device_id, { ...response, at: new Date() });
    } finally {
      this.looking = new Map([...this.looking].filter(([each]) => each !== device_id));
    }
  }

  /** What was found, or what came of a repair, and when; and what helps. */
  #told(found: Found | undefined, helps: Found["next"] | undefined): TemplateResult | string {
    const told = found ? this.#came(found) : "";
    if (!told && !helps) return "";
    return html`<div class="told" role="status">
      ${told ? html`<p>${told}</p>` : ""}
      ${helps ? html`<p>${this.say("helps", { what: this.#word(`state_attributes.next.state.${helps}`) })}</p>` : ""}
    </div>`;
  }

  #came({ verdict, repair, case_closed: closed, at }: Found): string {
    if (!at) return "";
    const when = formatMoment(this.hass, at, this.now);
    const what = this.#word(`state.${verdict}`);
    const done = repair && this.#word(`state_attributes.repair.state.${repair}`);
    const text = !done
      ? this.say("diagnosed", { what, when })
      : verdict === WELL
        ? this.say("repaired", { what: done, when })
        : this.say("not_repaired", { what, when });
    return closed ? this.say("case_closed", { text }) : text;
  }

  /** A word of the entity that tells the last diagnosis, also where that is not enabled. */
  #word(key: string): string {
    return this.hass.localize(`component.${DOMAIN}.entity.sensor.last_diagnosis.${key}`);
  }

  /** Whether a utility takes cases, and is told of a device by who looks. */
  #tells(device: string): boolean {
    // Whoever may not open cases has nothing told.
    return this.may(device, "cases") && this.everything().some(({ entities }) => entities["open_cases"]);
  }
}
