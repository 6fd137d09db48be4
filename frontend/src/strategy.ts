import { allows, learn } from "./allowed";
import type { Hass } from "./hass";
import { ENERGY_IN, entityOf, POWER_IN, POWER_OUT, subjects, type Subject } from "./home";
import { INSTALLER_CARD_NAMES, typeOf, type CardName, type InstallerCardName } from "./offered";
import { say } from "./words";

type Config = Record<string, unknown>;

/** By translation key: what the second page has of a gateway, device or vehicle besides, and how its tile differs. */
const TILES: Record<string, Config> = {
  health: { state_content: ["state", "reason"] },
  registration_state: {},
  programs: {},
  binding: {},
  opt_out: { state_content: ["state", "until"], features: [{ type: "toggle" }] },
  control: { state_content: ["event_type", "state"] },
  last_diagnosis: {},
  last_contact: {},
  open_cases: {},
};

const section = (...cards: Config[]): Config => ({ type: "grid", cards });

const card = (name: CardName | InstallerCardName, options: Config = {}): Config => ({ type: typeOf(name), ...options });

const details = ({ device, name, entities }: Subject, linked: boolean, controls: boolean): Config => {
  const page = { action: "navigate", navigation_path: `/config/devices/device/${device.id}` };
  const cards: Config[] = [{ type: "heading", heading: name, ...(linked ? { tap_action: page } : {}) }];
  for (const [key, options] of Object.entries(TILES)) {
    const entity = entities[key];
    if (!entity) continue;
    // A tile's features are what it is controlled by.
    const { features, ...shown } = options;
    const own = { ...shown, ...(controls && features ? { features } : {}) };
    cards.push({ type: "tile", entity, name: { type: "entity" }, grid_options: { columns: 12 }, ...own });
  }
  if (entities["coverage"]) cards.push({ type: "picture-entity", entity: entities["coverage"], show_name: false, show_state: false });
  return section(...cards);
};

/** A dashboard of pages: the home at a glance; each gateway, device and vehicle; for administrators, what installs them. */
export class HomeStrategy extends HTMLElement {
  static async generate(_config: unknown, hass: Hass): Promise<Config> {
    await learn(hass);
    const all = subjects(hass);
    const vehicles = all.filter(({ kind }) => kind === "vehicle");
    // A utility without a meter tells no power and energy, and may have no cases: a card could only say so for ever.
    const has = (keys: string[]): boolean =>
      all.some((each) => each.kind === "gateway" && entityOf(each, ...keys) !== undefined);
    const where = (keys: string[], name: CardName): Config[] => (has(keys) ? [card(name)] : []);
    // Where there is nothing yet, one card says how to begin.
    const home = all.length === 0 ? [section(card("health"))] : [
      section(card("health"), card("control"), ...where([...POWER_IN, POWER_OUT], "power")),
      section(...where(ENERGY_IN, "today"), card("price")),
      section(
        ...(vehicles.length > 0 ? vehicles : [undefined]).map((each) =>
          card("vehicle", each ? { device_id: each.device.id } : {}),
        ),
        ...where(["open_cases"], "cases"),
      ),
    ];
    const view = (title: "home" | "devices" | "installer", path: string, icon: string, sections: Config[]): Config => ({
      title: say(hass.locale.language, title),
      path,
      icon,
      type: "sections",
      max_columns: 3,
      sections,
    });
    // The pages of devices are administrators'.
    const linked = hass.user?.is_admin === true;
    const devices = all
      .filter(({ entities }) => entities["health"])
      .map((each) => details(each, linked, allows(hass, each.device.id, "control")));
    const views = [view("home", "home", "mdi:home-lightning-bolt", home)];
    if (devices.length > 0) views.push(view("devices", "devices", "mdi:devices", devices));
    // Commissioning and handing over are administrators' by the actions as well.
    if (linked) {
      const work = INSTALLER_CARD_NAMES.slice(0, all.length > 0 ? undefined : 1);
      views.push(view("installer", "installer", "mdi:account-hard-hat", work.map((name) => section(card(name)))));
    }
    return { title: "Utility HAN", views };
  }
}
