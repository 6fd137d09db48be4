// The representative's page: reads the control endpoint every two seconds and acts through it.

import { ask } from "./asking.js";
import { byId, element } from "./dom.js";
import { FORMS, begin, button, call, card, choices, draw, heard, page, parsed, row } from "./parts.js";
import { waits } from "./tabs.js";

const STAGES = {
  pre_registered: "registered beforehand, waits for the customer",
  open: "waits for the customer's data",
  linking: "linking with the device",
  awaiting_approval: "waits for approval",
  awaiting_readiness: "waits for the device to be ready",
  active: "active",
  suspended: "suspended",
  refused: "refused",
  closed: "closed",
};
const DECISIONS = {
  pre_registered: ["refuse", "close"],
  open: ["refuse", "close"],
  linking: ["refuse", "close"],
  awaiting_approval: ["approve", "refuse", "close"],
  awaiting_readiness: ["refuse", "close"],
  active: ["suspend", "refuse", "close"],
  suspended: ["resume", "refuse", "close"],
  refused: ["close"],
};
const CONTROL_STATES = ["scheduled", "active", "cancelled", "cancelled (randomised)", "superseded"];
const ANSWERS = {
  1: "received", 2: "started", 3: "completed", 4: "opted out", 5: "opted in", 6: "cancelled", 7: "superseded",
  8: "partly completed, then opted out", 9: "partly completed, then opted in", 10: "ended without participation", 11: "acknowledged by the customer", 12: "cannot be displayed",
  14: "superseded by another program",
  252: "rejected: cannot do that", 253: "rejected: not for this device", 254: "rejected: was over already",
};
const EVENT_KINDS = {
  TextResponse: "message", PriceResponse: "price", FlowReservationResponseResponse: "reservation",
};
// What a control asks for: IEEE 2030.5 counts offsets in tenths of °C, set points and percentages of load in hundredths.
// The limits are what makes sense in a home.
const ASKS = {
  duty_cycle: { scale: 1, unit: "% on", min: 0, max: 100, step: 1, usual: 50 },
  heating_offset: { scale: 10, unit: "°C", min: 0, max: 10, step: 0.1, usual: 2 },
  cooling_offset: { scale: 10, unit: "°C", min: 0, max: 10, step: 0.1, usual: 2 },
  heating_setpoint: { scale: 100, unit: "°C", min: 5, max: 35, step: 0.1, usual: 18 },
  cooling_setpoint: { scale: 100, unit: "°C", min: 10, max: 40, step: 0.1, usual: 26 },
  load_adjustment: { scale: 100, unit: "% less load", min: 0, max: 100, step: 1, usual: 50 },
};

const SETTINGS = "form[data-do=settings] [name], form[data-do=confirmation] [name], form[data-do=charger] [name]";

let known = { index: null, utility: null, gateways: [], registrations: [], chargers: [] };

const grouped = (lfdi) => lfdi.match(/.{1,5}/g).join("-");
const deviceName = ({ device }) => device.name ?? device.kind.replaceAll("_", " ");
const programName = (field, value) =>
  known.utility.programs.find((each) => each[field] === value)?.name ?? String(value);
const nameOf = (lfdi) => {
  const registration = known.registrations.findLast((each) => each.device.lfdi === lfdi);
  return `${registration ? `${deviceName(registration)}, ` : ""}${grouped(lfdi).slice(0, 11)}…`;
};
const when = (moment) => new Date(moment).toLocaleString();
const atTime = (seconds) => new Date(seconds * 1000).toLocaleTimeString();

const REASON = { label: "Reason, which the customer reads", required: true };
// What is asked before a decision about a device; the others are done at once.
const QUESTIONS = {
  refuse: (name) => [`Refuse ${name}? It is taken out of its programs, and has to be registered anew.`, "Refuse", REASON],
  suspend: (name) => [`Suspend ${name}? It is taken out of its programs until you resume it.`, "Suspend",
    { ...REASON, required: false }],
  close: (name) => [`Close the registration of ${name}? It is taken out of its programs, and has to be registered anew.`,
    "Close it"],
};
const inTitle = (word) => word[0].toUpperCase() + word.slice(1);

async function decide(path, decision, question) {
  const detail = question ? await ask(...question) : "";
  return call("POST", `${path}/${decision}`, detail ? { detail } : {});
}

function registrationCard(registration) {
  const { device } = registration;
  const name = deviceName(registration);
  const decisions = DECISIONS[registration.stage] ?? [];
  const actions = decisions.map((decision) => button(inTitle(decision), () =>
    decide(`/utility/registrations/${registration.id}`, decision, QUESTIONS[decision]?.(name)), name,
  `${decision} ${registration.id}`));
  if (registration.stage === "active") {
    actions.push(button("Diagnose", () =>
      call("POST", "/utility/diagnostics", { registration_id: registration.id }), name, `diagnose ${registration.id}`));
  }
  return card(`${name}: ${STAGES[registration.stage]}`, [
    `LFDI ${grouped(device.lfdi)}`,
    device.serial && `Serial number ${device.serial}`,
    `Customer ${registration.user}`,
    registration.programs.length
      && `Programs ${registration.programs.map((each) => programName("id", each.program_id)).join(", ")}`,
    registration.record_id && `Record ${registration.record_id}`,
    registration.reason && `Reason: ${registration.reason.detail}`,
  ], actions);
}

function askedFor(control) {
  const said = Object.entries(ASKS).filter(([name]) => control[name] !== null && control[name] !== undefined);
  return said.map(([name, { scale, unit }]) => `${name.replaceAll("_", " ")} ${control[name] / scale} ${unit}`).join(", ");
}

// What follows from the clock goes into what is compared, so that a control is seen to end.
function shownControl(gateway, control) {
  const open = control.status < 2 && (control.start + control.duration) * 1000 > Date.now();
  return { gateway, control, open, state: control.status < 2 && !open ? "ended" : CONTROL_STATES[control.status] };
}

function controlCard({ gateway, control, open, state }) {
  const what = `Control ${control.number}`;
  const actions = open ? [button("Cancel", () =>
    call("POST", `/gateways/${gateway}/controls/${control.number}/cancel`, {}), what, `cancel ${gateway} ${control.number}`)] : [];
  return card(`${what}: ${state}${control.mandatory ? ", emergency" : ""}`, [
    `Gateway ${gateway}, ${programName("number", control.program)}`, askedFor(control) || "whatever the device can do",
    `${atTime(control.start)} to ${atTime(control.start + control.duration)}`,
  ], actions);
}

function customerCard(customer) {
  const { account, premise } = customer;
  const active = account.status === "active";
  return card(`${account.holder} (${customer.name})`, [
    `Account ${account.number} (${customer.account_number} on bills): ${account.status}`,
    `Premise ${premise.address}`,
    `Gateways ${premise.gateways.map(grouped).join(", ") || "none"}`,
  ], [
    button(active ? "Suspend" : "Resume", () =>
      call("POST", `/utility/accounts/${account.id}/${active ? "suspend" : "resume"}`, {}), account.holder,
    `account ${account.id}`),
    button("Revoke permissions", async () => {
      await ask(`Revoke what ${account.holder} allowed? Home Assistant has to sign in again.`, "Revoke");
      return call("POST", `/utility/users/${customer.name}/revoke`, {});
    }, account.holder, `revoke ${account.id}`),
  ]);
}

const vehicleName = (id) => {
  const vehicle = known.vehicles?.find((each) => each.id === id);
  return vehicle ? `${vehicle.make} ${vehicle.model} …${vehicle.vin.slice(-6)}` : id;
};
const kilowattHours = (energy) => `${(energy / 1000).toFixed(3)} kWh`;

function chargerCard(charger) {
  const path = `/chargers/${charger.id}`;
  const post = (what, body) => () => call("POST", `${path}/${what}`, body);
  const actions = [
    ...Object.values(charger.vehicles).map((each) =>
      button(`Plug in ${each.name}`, post("plug", { vehicle: each.id }), "", `plug ${each.id}`)),
    button("Unplug", post("unplug", {}), charger.name, "unplug"),
    ...Object.values(charger.vehicles).map((each) => Object.assign(
      button(`Drive ${each.name}`, () => call("PATCH", `/vehicles/${each.id}`,
        { state_of_charge: Math.max(each.state_of_charge - 30, 10) }), "", `drive ${each.id}`),
      // Who drives unplugs first; the button keeps its place meanwhile.
      { disabled: each.plugged })),
    button(charger.enabled ? "Pause" : "Enable", () => call("PATCH", path, { enabled: !charger.enabled }), charger.name,
      "enable"),
    button(charger.faults.includes("offline") ? "Online" : "Offline", () =>
      call(charger.faults.includes("offline") ? "DELETE" : "PUT", `${path}/faults/offline`), charger.name, "offline"),
    button("Reset counter", post("counter", {}), charger.name, "reset"),
  ];
  return card(`${charger.name}: ${charger.state ?? "offline"}`, [
    `Counter ${charger.total_kwh ?? "–"} kWh, delivered ${charger.delivered_kwh.toFixed(3)} kWh`,
    `Power ${charger.power_w ?? "–"} W`,
    `Charges ${charger.speed === 1 ? "" : `${charger.speed} times `}as fast as in life`,
    ...Object.values(charger.vehicles).map((each) =>
      `${each.name}: ${each.state_of_charge.toFixed(1)} %${each.plugged ? ", plugged in" : ""}`),
  ], actions);
}

const BINDING_QUESTIONS = {
  refuse: (name) => [`Refuse the binding of ${name}?`, "Refuse", REASON],
  end: (name) => [`End the binding of ${name} now? What is charged from now on is not billed under it.`, "End it",
    { ...REASON, required: false }],
};

function bindingCard(binding) {
  const decisions = { pending: ["approve", "refuse"], in_force: ["end"] }[binding.status] ?? [];
  const name = vehicleName(binding.vehicle_id);
  return card(`${name}: ${binding.status.replaceAll("_", " ")}`, [
    `${binding.program_id} at ${binding.evse.name}, ${binding.user}${binding.guest ? ", a guest's" : ""}`,
    `Paid by ${binding.payer.holder}, ${binding.payer.number}`,
    `${when(binding.valid_from)} – ${binding.valid_until ? when(binding.valid_until) : "…"}`,
    binding.reason && `Reason: ${binding.reason}`,
  ], decisions.map((decision) => button(inTitle(decision), () =>
    decide(`/utility/bindings/${binding.id}`, decision, BINDING_QUESTIONS[decision]?.(name)), name,
  `${decision} ${binding.id}`)));
}

function confirmationCard(confirmation) {
  return card(`${confirmation.payer.holder}: session of ${when(confirmation.started_at)}`, [], ["confirm", "refuse"].map(
    (decision) => button(inTitle(decision), () =>
      decide(`/utility/confirmations/${confirmation.session_id}`, decision, decision === "refuse" && [
        `Refuse the session for ${confirmation.payer.holder}? It is not billed to them.`, "Refuse"]),
    confirmation.payer.holder, `${decision} ${confirmation.session_id}`)));
}

const inWords = (code) => code?.replaceAll("_", " ");

function caseCard(found) {
  const note = element("input", undefined, { "data-key": `note ${found.id}` });
  const label = element("label", "Say to the customer ");
  label.append(note);
  const open = found.status !== "closed";
  const say_ = button("Say", () => {
    if (!note.value.trim()) { note.focus(); throw new Error("say what first"); }
    return call("POST", `/utility/cases/${found.id}/note`, { note: note.value.trim() });
  }, found.id, `say ${found.id}`);
  return card(`${found.id}: ${found.status}`, [
    found.summary, `Customer ${found.user}`, found.note && `Said: ${found.note}`,
    found.appointment && `Somebody comes ${when(found.appointment.start)}`,
    ...found.reports.map((each) => `${each.kind}: ${inWords(each.verdict) ?? "–"}${each.reason ? `, ${inWords(each.reason)}` : ""}`),
  ], open ? [label, say_, button("Diagnose", () =>
    call("POST", "/utility/diagnostics", { case_id: found.id }), found.id, `diagnose ${found.id}`)] : []);
}

function diagnosisCard(asked) {
  const { result } = asked;
  return card(`${asked.id}: ${asked.status}`, [
    asked.note, `Customer ${asked.user}`,
    result && `${inWords(result.verdict)}${result.reason ? `: ${inWords(result.reason)}` : ""}`,
  ]);
}

function takeOff(what, name, path, then = "The gateway speaks to it no longer.") {
  return button(`${what} ${name}`, async () => {
    await ask(`${what} ${name}? ${then}`, what);
    return call("DELETE", path);
  }, "", path);
}

// What speaks for itself and is nobody's registered device manages the home's energy: here, that is Home Assistant.
function listed({ registered, speaking }) {
  return registered.map((lfdi) => {
    const home = speaking.includes(lfdi) && !known.registrations.some(({ device }) => device.lfdi === lfdi);
    return home
      ? { lfdi, name: `Home Assistant, ${nameOf(lfdi)}`, then: "The whole home is off this gateway: no readings, prices or "
        + "load controls reach it until Home Assistant is commissioned again." }
      : { lfdi, name: nameOf(lfdi), then: "The gateway lists it no longer, and no load control reaches it until it is put "
        + "back, as a repair does." };
  });
}

function gatewayCard(gateway) {
  const path = `/gateways/${gateway.id}`;
  const devices = gateway.listed.map(({ lfdi, name, then }) =>
    takeOff("Withdraw", name, `${path}/registrations/${lfdi}`, then));
  const { zigbee } = gateway;
  const joined = Object.keys(zigbee?.members ?? {});
  const waiting = zigbee?.permitted.filter((eui64) => !joined.includes(eui64)) ?? [];
  return card(`Gateway ${gateway.id}`, [
    `LFDI ${grouped(gateway.lfdi)}`, `${gateway.host}, port ${gateway.port}, PIN ${gateway.pin}`,
    `Registered devices: ${gateway.registered.length}`,
    gateway.pending.length && `Not accepted yet: ${gateway.pending.map(nameOf).join(", ")}`,
    zigbee && `Zigbee ${zigbee.eui64}, channel ${zigbee.channel}`,
    joined.length && `On its Zigbee network: ${joined.join(", ")}`,
    waiting.length && `May join: ${waiting.join(", ")}`,
  ], [...devices, ...joined.map((eui64) => takeOff("Remove", eui64, `${path}/zigbee/members/${eui64}`))]);
}

function faultCard({ where, name, parameters }) {
  return card(`${name} (${where === "utility" ? "API" : `gateway ${where}`})`, [JSON.stringify(parameters)],
    [button("Switch off", () => call("DELETE", `${faultPath(where)}/${name}`), name, `${where} ${name}`)]);
}

const faultPath = (where) => (where === "utility" ? "/utility/faults" : `/gateways/${where}/faults`);

function faultsThere() {
  const where = document.querySelector("[name=where]").value || "utility";
  if (where === "utility") return known.utility.faults;
  return Object.fromEntries(Object.entries(known.index.faults).map(([name, fault]) => [name, fault.parameters]));
}

function fillOptions() {
  const gateways = known.gateways.map((each) => [each.id, `${each.id}: ${grouped(each.lfdi).slice(0, 11)}…`]);
  const options = {
    gateways,
    "zigbee-gateways": gateways.filter((_each, at) => known.gateways[at].zigbee),
    premises: known.utility.customers.map((each) => [each.premise.id, `${each.premise.address}, ${each.name}`]),
    models: known.utility.models.map((each) => [each.id, `${each.manufacturer} ${each.name}`]),
    users: known.utility.customers.map((each) => [each.name, each.name]),
    programs: known.utility.programs.map((each) => [each.id, each.name]),
    "gateway-programs": known.utility.programs.filter((each) => each.number).map((each) => [each.number, each.name]),
    places: [["utility", "the API"], ...gateways.map(([id]) => [id, `gateway ${id}`])],
    faults: Object.keys(faultsThere()).map((name) => [name, name.replaceAll("_", " ")]),
  };
  for (const select of document.querySelectorAll("select[data-options]")) {
    choices(select, options[select.dataset.options]);
  }
  const parameters = faultsThere()[document.querySelector("[name=fault]").value] ?? [];
  byId("fault-help").textContent = parameters.length ? `It takes ${parameters.join(", ")}.` : "It takes none.";
}

// A setting follows the utility until somebody changes it here.
function fillSettings() {
  const settings = { ...known.utility.settings, speed: known.chargers[0]?.speed };
  for (const field of document.querySelectorAll(SETTINGS)) {
    if (!field.dataset.changed && field !== document.activeElement) field.value = settings[field.name] ?? "";
  }
}

function settled(form) {
  for (const field of document.querySelectorAll(`[data-do=${form}] [data-changed]`)) delete field.dataset.changed;
}

async function perGateway(path) {
  const answers = await Promise.all(known.gateways.map((each) =>
    each.personality === "standard" || path === "faults" ? call("GET", `/gateways/${each.id}/${path}`) : []));
  return known.gateways.map((each, number) => [each.id, answers[number]]);
}

page.refresh = () => heard(async () => {
  const [index, utility, gateways, registrations, apiFaults, log, ...ofVehicles] = await Promise.all([
    call("GET", "/"), call("GET", "/utility"), call("GET", "/gateways"), call("GET", "/utility/registrations"),
    call("GET", "/utility/faults"), call("GET", "/utility/log"), call("GET", "/utility/vehicles"),
    call("GET", "/chargers"), ...["bindings", "confirmations", "billing-records", "bills", "cases", "diagnostics"].map((what) =>
      call("GET", `/utility/${what}`)),
  ]);
  const [vehicles, chargers, bindings, confirmations, records, bills, cases, diagnoses] = ofVehicles;
  known = { index, utility, gateways, registrations, vehicles, chargers };
  waits("registrations", registrations.filter((each) => each.stage === "awaiting_approval").length);
  waits("vehicles", [...bindings, ...confirmations].filter((each) => each.status === "pending").length);
  waits("service", cases.filter((each) => each.status !== "closed").length);
  draw("case-list", cases.toReversed().slice(0, 30), caseCard);
  draw("diagnosis-list", diagnoses.toReversed().slice(0, 30), diagnosisCard);
  draw("charger-list", chargers, chargerCard);
  draw("binding-list", bindings.toReversed(), bindingCard);
  draw("confirmation-list", confirmations.filter((each) => each.status === "pending"), confirmationCard);
  draw("record-list", records.toReversed().slice(0, 50), (each) => row(when(each.started_at),
    vehicleName(each.vehicle_id), kilowattHours(each.energy_wh), `${each.amount} ${each.currency}`, each.quality));
  draw("bill-list", bills, (each) => card(`${vehicleName(each.vehicle_id)}, ${each.month}`,
    [`${kilowattHours(each.energy_wh)}, ${each.amount} ${each.currency}`, `${each.user}, ${each.account.number}`]));
  byId("name").textContent = utility.name;
  fillOptions();
  fillSettings();
  draw("registration-list", registrations.toReversed(), registrationCard);
  draw("request-list", utility.requests.toReversed().slice(0, 20), (each) =>
    card(each.user, [`Premise ${each.premise_id}`, when(each.received_at)]));
  draw("customer-list", utility.customers, customerCard);
  draw("program-list", utility.programs, (each) => card(each.name, [each.summary, `Terms ${each.terms.version}`]));
  draw("gateway-list", gateways.map((each) => ({ ...each, listed: listed(each) })), gatewayCard);
  draw("log-list", log.toReversed().slice(0, 30), (each) => row(`${each.method} ${each.path}`, String(each.status)));
  const controls = (await perGateway("controls")).flatMap(([gateway, found]) =>
    found.map((control) => shownControl(gateway, control)));
  draw("control-list", controls.toReversed().slice(0, 30), controlCard);
  const answers = (await perGateway("responses")).flatMap(([, found]) => found);
  const events = (await perGateway("event_responses")).flatMap(([, found]) => found);
  const numbers = new Map(controls.map(({ control }) => [control.mrid, control.number]));
  const answerRow = (each) => [each.created ? atTime(each.created) : "–", nameOf(each.lfdi),
    String(numbers.get(each.mrid) ?? `${each.mrid.slice(0, 8)}…`), ANSWERS[each.status] ?? String(each.status)];
  draw("response-list", answers.toReversed().slice(0, 50).map(answerRow), (cells) => row(...cells));
  const eventRow = (each) => [each.created ? atTime(each.created) : "–", nameOf(each.lfdi),
    EVENT_KINDS[each.kind], ANSWERS[each.status] ?? String(each.status)];
  draw("event-response-list", events.toReversed().slice(0, 50).map(eventRow), (cells) => row(...cells));
  const faults = [["utility", apiFaults], ...(await perGateway("faults"))].flatMap(([where, active]) =>
    Object.entries(active).map(([name, parameters]) => ({ where, name, parameters })));
  draw("fault-list", faults, faultCard);
});

Object.assign(FORMS, {
  settings: async (form) => {
    await call("PATCH", "/utility", { approval: form.approval, stage_seconds: Number(form.stage_seconds) });
    settled("settings");
  },
  "pre-register": (form) => call("POST", "/utility/registrations", {
    premise_id: form.premise_id, model_id: form.model_id, name: form.name, lfdi: form.lfdi, serial: form.serial,
    ...(form.pin ? { pin: form.pin } : {}),
  }),
  control: (form) => call("POST", `/gateways/${form.gateway}/controls`, {
    program: Number(form.program),
    [form.what]: Math.round(Number(form.amount) * ASKS[form.what].scale),
    start_in: Math.round(Number(form.start) * 60),
    duration: Math.round(Number(form.duration) * 60),
    mandatory: form.mandatory === "on",
    load_shift_forward: form.load_shift_forward === "on",
  }),
  charger: async (form) => {
    await call("PATCH", "/chargers/garage", { speed: Number(form.speed) });
    settled("charger");
  },
  confirmation: async (form) => {
    await call("PATCH", "/utility", { session_confirmation: form.session_confirmation });
    settled("confirmation");
  },
  vehicle: (form) => call("POST", "/utility/vehicles", form),
  message: (form) => call("POST", `/gateways/${form.gateway}/messages`, {
    text: form.text, priority: Number(form.priority), duration: Math.round(Number(form.duration) * 60),
    response_required: Number(form.response_required),
  }),
  prices: (form) => call("PUT", `/gateways/${form.gateway}/prices`, {
    prices: form.prices.split(/[,;\s]+/).filter(Boolean).map(Number), response_required: Number(form.response_required),
  }),
  terms: (form) => call("POST", `/utility/programs/${form.program}/terms`, {
    version: form.version, ...(form.text ? { text: form.text } : {}),
  }),
  "let-in": ({ gateway, lfdi, pin }) => call("POST", `/gateways/${gateway}/registrations`, { lfdi, ...(pin ? { pin } : {}) }),
  permit: ({ gateway, eui64, install_code }) =>
    call("POST", `/gateways/${gateway}/zigbee/permitted`, { eui64, install_code }),
  fault: (form) => call("PUT", `${faultPath(form.where)}/${form.fault}`, parsed(form.parameters)),
});

const control = document.querySelector("form[data-do=control]").elements;

// Each amount has limits of its own, and a usual value.
function limit() {
  const { min, max, step, usual } = ASKS[control.what.value];
  Object.assign(control.amount, { min, max, step, value: usual });
  control.amount.dispatchEvent(new Event("input"));
}
control.what.addEventListener("change", limit);
limit();

for (const field of document.querySelectorAll(SETTINGS)) {
  field.addEventListener("input", () => { field.dataset.changed = "yes"; });
}
for (const name of ["where", "fault"]) document.querySelector(`[name=${name}]`).addEventListener("change", fillOptions);
begin();
