import { DOMAIN, type Device, type Hass, type State } from "./hass";

export type Kind = "gateway" | "device" | "vehicle";

/** A gateway (or a utility without one), a device or a vehicle, with its entities by their translation keys. */
export interface Subject {
  device: Device;
  name: string;
  kind: Kind;
  entities: Record<string, string>;
  /** The ids of all of them, with those that have no key. */
  all: string[];
}

const PLANNED = new Set<unknown>(["requested", "granted", "active"]);
const OF_VEHICLES = ["binding", "session_energy"];
const OF_DEVICES = ["registration_state", "active_event"];

/** The keys of what flows from the grid, and to it: those that say most come first. */
export const POWER_IN = ["power_delivered", "power_net", "power_total", "power"];
export const POWER_OUT = "power_received";
export const ENERGY_IN = ["energy_delivered", "energy_total", "energy_net", "energy"];
export const ENERGY_OUT = ["energy_received"];

const ORDER: Record<Kind, number> = { gateway: 0, device: 1, vehicle: 2 };

const kindOf = (entities: Record<string, string>): Kind => {
  if (OF_VEHICLES.some((key) => key in entities)) return "vehicle";
  return OF_DEVICES.some((key) => key in entities) ? "device" : "gateway";
};

let known: { entities: Hass["entities"]; devices: Hass["devices"]; subjects: Subject[] } | undefined;

/** Everything of ours that the frontend knows: gateways first, then devices, then vehicles, each by name. */
export const subjects = (hass: Hass): Subject[] => {
  // Every card asks with every change of any state, and the registries change seldom.
  if (known?.entities !== hass.entities || known.devices !== hass.devices)
    known = { entities: hass.entities, devices: hass.devices, subjects: find(hass) };
  return known.subjects;
};

const find = (hass: Hass): Subject[] => {
  const found = new Map<string, Subject>();
  for (const entry of Object.values(hass.entities)) {
    if (entry?.platform !== DOMAIN || entry.hidden || !entry.device_id) continue;
    const device = hass.devices[entry.device_id];
    if (!device) continue;
    const subject = found.get(device.id) ?? {
      device,
      name: device.name_by_user ?? device.name ?? "",
      kind: "gateway",
      entities: {},
      all: [],
    };
    found.set(device.id, subject);
    subject.all.push(entry.entity_id);
    if (entry.translation_key) subject.entities[entry.translation_key] = entry.entity_id;
  }
  const subjects = [...found.values()];
  for (const subject of subjects) subject.kind = kindOf(subject.entities);
  return subjects.sort((a, b) => ORDER[a.kind] - ORDER[b.kind] || a.name.localeCompare(b.name));
};

/** Whether something of ours is there, and disabled: its entities are not told to the frontend. */
export const isDisabled = (hass: Hass): boolean =>
  Object.values(hass.devices).some(
    (device) => device?.disabled_by && device.identifiers?.some(([domain]) => domain === DOMAIN),
  );

/** The state of what a subject has under a key, nothing where it has none. */
export const stateOf = (hass: Hass, subject: Subject, key: string): State | undefined => {
  const id = subject.entities[key];
  return id === undefined ? undefined : hass.states[id];
};

/** All that a subject has under a key: what a gateway tells a utility may tell too, on the same device. */
export const statesOf = (hass: Hass, subject: Subject, key: string): State[] =>
  subject.all
    .filter((id) => hass.entities[id]?.translation_key === key)
    .map((id) => hass.states[id])
    .filter(isKnown);

/** The first that the subject has of these keys and that is there. */
export const firstOf = (hass: Hass, subject: Subject, ...keys: string[]): State | undefined =>
  keys.map((key) => stateOf(hass, subject, key)).find((state) => state && isKnown(state));

/** The entity of the first of these keys that the subject has, also while nothing is known of it. */
export const entityOf = (subject: Subject, ...keys: string[]): string | undefined =>
  keys.map((key) => subject.entities[key]).find((id) => id !== undefined);

export const isKnown = (state: State | undefined): state is State =>
  state !== undefined && state.state !== "unknown" && state.state !== "unavailable";

export const isThere = (state: State | undefined): state is State =>
  state !== undefined && state.state !== "unavailable";

/** Whether the departure of a vehicle has charging planned for it, as its attributes say. */
export const isPlanned = (departure: State | undefined): departure is State =>
  PLANNED.has(departure?.attributes["reservation"]);

/** The number that a state is, nothing where it is none. */
export const numberOf = (state: State | undefined): number | undefined => {
  const value = isKnown(state) && state.state.trim() !== "" ? Number(state.state) : NaN;
  return Number.isFinite(value) ? value : undefined;
};

/** The moment that a text names, nothing where it names none. */
export const momentOf = (text: unknown): Date | undefined => {
  const moment = typeof text === "string" && text.includes("-") ? new Date(text) : undefined;
  return moment && !Number.isNaN(moment.getTime()) ? moment : undefined;
};

export const unitOf = (state: State | undefined): string => {
  const unit = state?.attributes["unit_of_measurement"];
  return typeof unit === "string" ? unit : "";
};
