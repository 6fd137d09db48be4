// A dashboard of every gateway, device and vehicle: health with its reason, the load control that lasts and the way out of
// it, registration, last diagnosis, open cases.
// Home Assistant offers it under Settings → Dashboards → Add dashboard (custom strategies, Home Assistant 2026.5).

const DOMAIN = "utility_han";

// By the translation key of an entity: how its tile differs from any other.
const TILES = {
  health: { state_content: ["state", "reason", "since"] },
  active_event: { state_content: ["state", "end"], controlled: true },
  control: { state_content: ["event_type", "state"], controlled: true },
  opt_out_event: { hide_state: true, press: true, controlled: true, offered: true },
  opt_in_event: { hide_state: true, press: true, controlled: true, offered: true },
  opt_out: { state_content: ["state", "until"], features: [{ type: "toggle" }] },
  registration_state: {},
  programs: {},
  binding: {},
  last_diagnosis: { state_content: ["state", "reason", "at"] },
  last_contact: {},
  diagnose: { hide_state: true, press: true },
};

// A tile that is about a load control which lasts is shown as long as there is one.
const lasts = (entities) => ({ condition: "state", entity: entities.active_event, state_not: "none" });

// What cannot be done now is not offered.
const available = (entityId) => ({ condition: "state", entity: entityId, state_not: "unavailable" });

const tile = (entityId, { press, ...options }) => ({
  type: "tile",
  entity: entityId,
  name: { type: "entity" },
  grid_options: { columns: 12 },
  ...options,
  ...(press && {
    tap_action: { action: "perform-action", perform_action: "button.press", target: { entity_id: entityId } },
  }),
});

const cases = (entityId) => ({
  type: "markdown",
  show_empty: false,
  content: `{% for case in state_attr('${entityId}', 'cases') or [] %}
- {{ case.summary }}{{ ' — ' ~ case.note if case.note is defined }}{{
  ' (' ~ (case.appointment | as_datetime | as_local).strftime('%Y-%m-%d %H:%M') ~ ')' if case.appointment is defined }}
{% endfor %}`,
});

const section = (hass, device, entities) => {
  const cards = [
    {
      type: "heading",
      heading: device.name_by_user || device.name,
      tap_action: { action: "navigate", navigation_path: `/config/devices/device/${device.id}` },
    },
  ];
  for (const [key, { controlled, offered, ...options }] of Object.entries(TILES)) {
    if (!entities[key]) continue;
    const visibility = [...(controlled ? [lasts(entities)] : []), ...(offered ? [available(entities[key])] : [])];
    cards.push(tile(entities[key], visibility.length ? { ...options, visibility } : options));
  }
  if (entities.open_cases) cards.push(tile(entities.open_cases, {}), cases(entities.open_cases));
  if (entities.coverage) cards.push({ type: "picture-entity", entity: entities.coverage, show_state: false });
  return { type: "grid", cards };
};

class UtilityHanStrategy extends HTMLElement {
  static async generate(config, hass) {
    const byDevice = new Map();
    for (const entity of Object.values(hass.entities)) {
      if (entity.platform !== DOMAIN || entity.hidden || !entity.device_id) continue;
      if (!byDevice.has(entity.device_id)) byDevice.set(entity.device_id, {});
      byDevice.get(entity.device_id)[entity.translation_key] = entity.entity_id;
    }
    const name = (device) => device.name_by_user || device.name || "";
    const sections = [...byDevice]
      .map(([deviceId, entities]) => ({ device: hass.devices[deviceId], entities }))
      .filter(({ device, entities }) => device && entities.health)
      // A gateway comes before what is behind it.
      .sort((a, b) => !!b.entities.open_cases - !!a.entities.open_cases || name(a.device).localeCompare(name(b.device)))
      .map(({ device, entities }) => section(hass, device, entities));
    return { title: "Utility HAN", views: [{ type: "sections", max_columns: 3, sections }] };
  }
}

// While it starts, the frontend puts a registry of its own (a polyfill) in the place of the browser's, and finds nothing in
// it that was defined before. Which of the two files is there first nobody knows; its root element is in the one that stays.
customElements
  .whenDefined("home-assistant")
  .then(() => customElements.define("ll-strategy-dashboard-utility-han", UtilityHanStrategy));

window.customStrategies = window.customStrategies || [];
window.customStrategies.push({
  type: "utility-han",
  strategyType: "dashboard",
  name: "Utility HAN",
  description: "Gateways, devices and vehicles: health, registration, diagnosis and cases",
});
