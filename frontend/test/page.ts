/** A page without a browser, and a home as Home Assistant hands it to a card. Imported before anything of the cards. */

import { GlobalRegistrator } from "@happy-dom/global-registrator";

import { after } from "node:test";

import type { Hass, State } from "../src/hass";

GlobalRegistrator.register();

// Cards have a clock as long as they are on the page, and node waits for it.
after(() => document.body.replaceChildren());

const opened = Date.now();

/** An instant by hours from one moment, the same for a whole file: what is said to be at once is so, however slow the machine. */
export const later = (hours: number): string => new Date(opened + hours * 3_600_000).toISOString();

export interface Asked {
  domain: string;
  service: string;
  data: Record<string, unknown> | undefined;
  entity: string | undefined;
}

type Attributes = Record<string, unknown>;

/** What was under way as the connection broke is answered so by home-assistant-js-websocket (connection.ts, messages.ts). */
const broken = <T>(): Promise<T> =>
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
  Promise.reject({ type: "result", success: false, error: { code: 3, message: "Connection lost" } });

/** A home of ours: `devices` by name, with their entities by translation key, each a state and attributes. */
export class TestHome {
  asked: Asked[] = [];
  answers: Record<string, unknown> = {};
  statistics: Record<string, Record<string, unknown[]>> = {};
  refuses: string | undefined;
  /** Whether actions are answered only as soon as they are let (`release`). */
  holds = false;
  refusal = "home_assistant_error";
  /** What the refusal says to who has the texts of the integration, by its key, and what these are. */
  refusalKey: string | undefined;
  exceptions: Record<string, string> = {};
  /** Whether the connection breaks with each request. */
  breaks = false;
  language = "en";
  admin = true;
  /** What whoever is no administrator may, by the id of a device. */
  allowed: Record<string, string[]> = {};
  /** How often that was asked for. */
  asks = 0;
  areas: Hass["areas"] = {};
  #entities: Hass["entities"] = {};
  #devices: Hass["devices"] = {};
  #states: Hass["states"] = {};
  #held: (() => void)[] = [];

  release(): void {
    for (const answer of this.#held.splice(0)) answer();
  }

  /** What Home Assistant tells of a device whose hub is disabled, or that is itself: no entity. */
  addDisabled(device: string): this {
    const off = { name: device, name_by_user: null, disabled_by: "config_entry" };
    this.#devices = { ...this.#devices, [device]: { id: device, ...off, identifiers: [["utility_han", device]] } };
    return this;
  }

  add(device: string, entities: Record<string, [state: string, attributes?: Attributes]>): this {
    const id = device.toLowerCase().replaceAll(" ", "_");
    this.#devices = { ...this.#devices, [id]: { id, name: device, name_by_user: null } };
    for (const [key, [state, attributes = {}]] of Object.entries(entities)) {
      const entity_id = key.includes(".") ? key : `sensor.${id}_${key}`;
      const entry = { entity_id, platform: "utility_han", device_id: id };
      this.#entities = {
        ...this.#entities,
        [entity_id]: key.includes(".") ? entry : { ...entry, translation_key: key },
      };
      const now = new Date().toISOString();
      this.#states = { ...this.#states, [entity_id]: { entity_id, state, attributes, last_changed: now } };
    }
    return this;
  }

  /** One more entity of a device that is there, under a key that another one may have. */
  addEntity(device: string, key: string, name: string, [state, attributes = {}]: [string, Attributes?]): this {
    const id = device.toLowerCase().replaceAll(" ", "_");
    const entity_id = `event.${id}_${name}`;
    const entry = { entity_id, platform: "utility_han", device_id: id, translation_key: key };
    this.#entities = { ...this.#entities, [entity_id]: entry };
    this.#states = { ...this.#states, [entity_id]: { entity_id, state, attributes, last_changed: new Date().toISOString() } };
    return this;
  }

  /** Numbers by which a utility knows devices, by their ids. */
  numbers: Record<string, Record<string, string>> = {};

  #told(message: Record<string, unknown>): unknown {
    if (message["type"] === "utility_han/numbers") return this.numbers;
    if (message["type"] === "utility_han/allowed") {
      this.asks++;
      return this.allowed;
    }
    return this.statistics[String(message["period"])] ?? {};
  }

  get hass(): Hass {
    const attribute = (state: State, name: string): string => `${name}: ${String(state.attributes[name])}`;
    return {
      states: this.#states,
      entities: this.#entities,
      devices: this.#devices,
      areas: this.areas,
      locale: { language: this.language, number_format: "language", time_format: "24", time_zone: "server" },
      config: { time_zone: "America/Denver", currency: "USD", unit_system: { temperature: "°C" } },
      user: { is_admin: this.admin },
      formatEntityState: (state) => `[${state.state}]`,
      formatEntityAttributeValue: attribute,
      localize: (key) => key.split(".").slice(-1)[0] ?? "",
      loadBackendTranslation: () =>
        this.breaks ? broken() : Promise.resolve((key) => this.exceptions[key.split(".").slice(-2)[0] ?? ""] ?? ""),
      hassUrl: (path) => path,
      callWS: <T>(message: Record<string, unknown>) =>
        this.breaks ? broken<T>() : Promise.resolve(this.#told(message) as T),
      callService: <T>(domain: string, service: string, data?: Attributes, target?: { entity_id: string }) => {
        this.asked.push({ domain, service, data, entity: target?.entity_id });
        if (this.breaks) return broken();
        // A refusal comes as Home Assistant sends it: an object with a message.
        const said = this.refusalKey && { translation_domain: "utility_han", translation_key: this.refusalKey };
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        if (this.refuses) return Promise.reject({ code: this.refusal, message: this.refuses, ...said });
        const answer = { response: this.answers[service] as T };
        if (!this.holds) return Promise.resolve(answer);
        return new Promise<typeof answer>((resolve) => {
          this.#held.push(() => {
            resolve(answer);
          });
        });
      },
    };
  }
}

/** The text of an element as a person reads it, shadow roots included. */
export const textOf = (element: Element | null): string => {
  const read = (node: Node): string => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent ?? "";
    if (node instanceof HTMLStyleElement) return "";
    const inside = node instanceof Element ? (node.shadowRoot ?? node) : node;
    return [...inside.childNodes].map(read).join(" ");
  };
  return element ? read(element).replace(/\s+/g, " ").trim() : "";
};

interface Shown extends HTMLElement {
  hass: Hass;
  setConfig(config: { type: string; device_id?: string }): void;
  updateComplete: Promise<boolean>;
}

/** Put a card on the page, and let it come to rest. */
export const show = async (name: string, home: TestHome, device?: string): Promise<Shown> => {
  const card = document.createElement(`utility-han-${name}-card`) as Shown;
  card.setConfig({ type: `custom:utility-han-${name}-card`, ...(device ? { device_id: device } : {}) });
  card.hass = home.hass;
  document.body.append(card);
  await rest();
  return card;
};

/** Let what was asked for be answered and drawn. */
export const rest = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** Every element of a card that a selector means, also inside what the card is made of. */
export const all = (root: Element, selector: string): HTMLElement[] => {
  const inside = root.shadowRoot ?? root;
  const own = [...inside.querySelectorAll<HTMLElement>(selector)];
  const deeper = [...inside.querySelectorAll("*")].filter((each) => each.shadowRoot);
  return [...own, ...deeper.flatMap((each) => all(each, selector))];
};

export const button = (card: Element, label: string): HTMLElement => {
  const found = all(card, "button").find((each) => textOf(each) === label);
  if (!found) throw new Error(`no button ${label}: ${textOf(card)}`);
  return found;
};
