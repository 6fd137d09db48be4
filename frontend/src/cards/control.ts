import { css, html, type TemplateResult } from "lit";

import { amountOf } from "../asked";
import { formatMoment } from "../formatting";
import { DOMAIN, type State } from "../hass";
import { isKnown, isThere, momentOf, stateOf, statesOf, type Subject } from "../home";
import { Card } from "./card";

/** A row of the attribute `messages` of those in force. */
interface Message {
  priority: string;
  text: string;
  originator: string | null;
  start: string;
  end: string;
  alert?: string;
  /** It says how devices are registered. */
  instruction?: boolean;
  /** What the action of that name knows it by, while a person is asked to acknowledge it. */
  acknowledge?: string;
}

const NOTHING = "none";
/** The priorities of a message (PriorityType, sep.xsd), the least first. */
const PRIORITIES = ["low", "normal", "high", "critical"];
/** What the urgent ones are called: a priority is no heading. */
const URGENT: Record<string, "message_high" | "message_critical"> = {
  high: "message_high",
  critical: "message_critical",
};
/** What a test signal of a diagnosis or repair is as an active load control. */
export const TEST = "test";

export const isControlled = (active: State | undefined): active is State => isKnown(active) && active.state !== NOTHING;

/** An alert is as urgent as can be. */
const urgency = ({ alert, priority }: Message): number => (alert ? PRIORITIES.length : PRIORITIES.indexOf(priority));

export class ControlCard extends Card {
  static override styles = [
    ...Card.styles,
    css`
      li.running {
        border-inline-start: 4px solid var(--warning-color);
        padding-inline-start: 12px;
        display: flex;
        flex-direction: column;
        gap: 8px;
      }
      li.message {
        border-inline-start: 4px solid var(--info-color);
        padding-inline-start: 12px;
      }
      li.critical {
        border-color: var(--error-color);
      }
      li.message .buttons {
        margin-block-start: 8px;
      }
      ul + h2 {
        margin-block-start: 12px;
      }
      li.out {
        border-color: var(--disabled-color, var(--secondary-text-color));
      }
      .track {
        height: 6px;
        border-radius: 3px;
        background: var(--divider-color);
        overflow: hidden;
      }
      .track div {
        height: 100%;
        background: var(--warning-color);
      }
    `,
  ];

  static override properties = { ...Card.properties, acknowledged: { state: true } };

  /** What was acknowledged here, each by its gateway and text: what the action knows it by is told no more. */
  declare acknowledged: Set<string>;

  constructor() {
    super();
    this.acknowledged = new Set();
  }

  protected override content(): unknown {
    const devices = this.about("device");
    const messages = this.#messages(devices.length === 0);
    if (devices.length === 0) return html`${messages} ${this.missing("control", "no_devices", "add_device")}`;
    const running = devices.filter((device) => isControlled(stateOf(this.hass, device, "active_event")));
    return html`${messages} ${this.heading(this.say("control"))}
      ${running.length > 0
        ? html`<ul class="list">
            ${running.map((device) => this.#running(device))}
          </ul>`
        : html`<p>${this.say("control_none")}</p>`}
      ${this.#next(devices)}`;
  }

  /**
   * What gateway and utility say that is in force, what is urgent first, then what is new: text messages, and alerts of
   * OpenADR. How devices are registered is of interest where there is none.
   */
  #messages(instructions: boolean): TemplateResult | string {
    const { hass, now } = this;
    const told = this.about("gateway")
      .flatMap((gateway) => statesOf(hass, gateway, "messages").map(({ attributes }) => ({ gateway, attributes })))
      .flatMap(({ gateway, attributes: { messages } }) =>
        Array.isArray(messages) ? (messages as Message[]).map((message) => ({ ...message, gateway })) : [],
      )
      .map((message) => ({ ...message, begins: momentOf(message.start), ends: momentOf(message.end) }))
      // They have begun by Home Assistant's clock; a phone's may be behind.
      .filter(({ begins, ends }) => begins && ends && now < ends)
      .filter(({ instruction }) => instructions || !instruction)
      .sort((a, b) => urgency(b) - urgency(a) || Number(b.begins) - Number(a.begins));
    const prices = this.#prices();
    if (told.length + prices.length === 0) return "";
    return html`${this.heading(this.say("messages"))}
    <ul class="list">
      ${told.map(({ alert, priority, originator, text, ends, gateway, acknowledge }) => {
        const urgent = URGENT[priority];
        const what = alert ? this.#alert(alert) : urgent ? this.say(urgent) : originator;
        const until = ends ? this.say("control_until", { when: formatMoment(hass, ends, now) }) : "";
        return html`<li class="message ${priority === "critical" ? "critical" : ""}">
          <div class="line"><strong>${what}</strong><span>${until}</span></div>
          <p>${[text, alert || urgent ? originator : ""].filter(Boolean).join(" — ")}</p>
          ${this.#acknowledge(gateway, acknowledge, text)}
        </li>`;
      })}
      ${prices}
    </ul>`;
  }

  /** Prices that a person is asked to acknowledge, all that a gateway tells at once. */
  #prices(): TemplateResult[] {
    const about = this.say("price");
    return this.about("gateway").flatMap((gateway) => {
      const [asked] = statesOf(this.hass, gateway, "price")
        .map(({ attributes: { acknowledge } }) => acknowledge)
        .filter((each) => typeof each === "string");
      if (!asked && !this.acknowledged.has(`${gateway.device.id} ${about}`)) return [];
      return [
        html`<li class="message">
          <p>${this.say("acknowledge_prices")}</p>
          ${this.#acknowledge(gateway, asked, about)}
        </li>`,
      ];
    });
  }

  /** The way to tell the utility that who looks has read it; that it was told, once that was done here. */
  #acknowledge({ device }: Subject, message: string | undefined, about: string): TemplateResult | string {
    const key = `${device.id} ${about}`;
    if (!message) return this.acknowledged.has(key) ? html`<p class="quiet" role="status">${this.say("acknowledged")}</p>` : "";
    if (!this.may(device.id, "messages")) return "";
    const act = async (): Promise<void> => {
      await this.hass.callService(DOMAIN, "acknowledge", { device_id: device.id, message }, undefined, false);
      this.acknowledged = new Set(this.acknowledged).add(key);
    };
    return html`<div class="buttons"><utility-han-acting
      .hass=${this.hass}
      .act=${act}
      .label=${this.say("acknowledge")}
      .about=${about}
      .question=${this.say("acknowledge_sure")}
      .yes=${this.say("acknowledge_yes")}
    ></utility-han-acting></div>`;
  }

  /** An alert, as the event that tells it has it. */
  #alert(alert: string): string {
    return this.hass.localize(`component.${DOMAIN}.entity.event.message.state_attributes.alert.state.${alert}`);
  }

  #running(device: Subject): TemplateResult {
    const { hass } = this;
    const active = stateOf(hass, device, "active_event") as State;
    const { what, start, end, mandatory, participating } = active.attributes;
    const [begins, ends] = [momentOf(start), momentOf(end)];
    // A diagnosis asks for nothing, for some seconds, and sees whether it is answered: nobody is to stay out of that.
    const test = active.state === TEST;
    const amount = amountOf(hass, active.state, what);
    const asked = [hass.formatEntityState(active), amount].filter(Boolean).join(", ");
    const until = ends ? this.say("control_until", { when: formatMoment(hass, ends, this.now) }) : "";
    const out = participating === false;
    return html`<li class="running ${out ? "out" : ""}">
      <div class="line"><strong>${device.name}</strong><span>${until}</span></div>
      <div class="line"><span>${asked}</span>${out ? html`<span>${this.say("control_out")}</span>` : ""}</div>
      ${begins && ends && !out ? this.#progress(begins, ends) : ""}
      ${mandatory === true ? html`<p>${this.say("control_mandatory")}</p>` : test ? "" : this.#ways(device)}
    </li>`;
  }

  #progress(begins: Date, ends: Date): TemplateResult {
    const share = (this.now.getTime() - begins.getTime()) / (ends.getTime() - begins.getTime());
    return html`<div class="track" aria-hidden="true">
      <div style="width: ${100 * Math.min(1, Math.max(0, share))}%"></div>
    </div>`;
  }

  /** The way out of it, or back. */
  #ways(device: Subject): TemplateResult | string {
    if (!this.may(device.device.id, "control")) return "";
    const [leave, back] = ["opt_out_event", "opt_in_event"].map((key) => stateOf(this.hass, device, key));
    const press = (button: State) => () =>
      this.hass.callService("button", "press", {}, { entity_id: button.entity_id }, false);
    return html`<div class="buttons">${isThere(leave)
      ? html`<utility-han-acting
          .hass=${this.hass}
          .act=${press(leave)}
          .label=${this.say("opt_out")}
          .about=${device.name}
          .question=${this.say("opt_out_sure", { device: device.name })}
          .yes=${this.say("opt_out_yes")}
        ></utility-han-acting>`
      : ""}
    ${isThere(back)
      ? html`<utility-han-acting
          .hass=${this.hass}
          .act=${press(back)}
          .label=${this.say("opt_in")}
          .about=${device.name}
        ></utility-han-acting>`
      : ""}</div>`;
  }

  #next(devices: Subject[]): TemplateResult | string {
    const coming = devices
      .map((device) => ({ device, at: momentOf(stateOf(this.hass, device, "next_event")?.state) }))
      .filter((each): each is { device: Subject; at: Date } => each.at !== undefined)
      .sort((a, b) => a.at.getTime() - b.at.getTime());
    if (coming.length === 0) return "";
    return html`<ul class="list quiet">
      ${coming.map(({ device, at }) => {
        const when = formatMoment(this.hass, at, this.now);
        return html`<li>${this.say("control_next", { device: device.name, when })}</li>`;
      })}
    </ul>`;
  }
}
