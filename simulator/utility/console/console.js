// The representative's page: reads the control endpoint every two seconds and acts through it.

import { FORMS, begin, button, byId, call, card, choices, draw, element, heard, page, row } from "./parts.js";

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
// IEEE 2030.5 counts offsets in tenths of °C, set points and percentages of load in hundredths.
const SCALE = {
  duty_cycle: 1, heating_offset: 10, cooling_offset: 10, heating_setpoint: 100, cooling_setpoint: 100,
  load_adjustment: 100,
};
const UNIT = { duty_cycle: "% on", load_adjustment: "% less load" };

const SETTINGS = "form[data-do=settings] [name], form[data-do=confirmation] [name]";

let known = { index: null, utility: null, gateways: [], registrations: [] };

const grouped = (lfdi) => lfdi.match(/.{1,5}/g).join("-");
const deviceName = ({ device }) => device.name ?? device.kind.replaceAll("_", " ");
const programName = (field, value) =>
  known.utility.programs.find((each) => each[field] === value)?.name ?? String(value);
const nameOf = (lfdi) => {
  const registration = known.registrations.findLast((each) => each.device.lfdi === lfdi);
  return `${registration ? `${deviceName(registration)}, ` : ""}${grouped(lfdi).slice(0, 11)}…`;
};
const atTime = (seconds) => new Date(seconds * 1000).toLocaleTimeString();

function decide(id, decision, reason) {
  const detail = reason.value.trim();
  if (decision === "refuse" && !detail) {
    reason.focus();
    throw new Error("say why first; the customer reads it");
  }
  return call("POST", `/utility/registrations/${id}/${decision}`, { detail });
}

function registrationCard(registration) {
  const { device } = registration;
  const name = deviceName(registration);
  const decisions = DECISIONS[registration.stage] ?? [];
  const reason = element("input", undefined, { "data-key": `reason ${registration.id}` });
  const actions = decisions.map((decision) => button(decision[0].toUpperCase() + decision.slice(1),
    () => decide(registration.id, decision, reason), name, `${decision} ${registration.id}`));
  if (registration.stage === "active") {
    actions.push(button("Diagnose", () =>
      call("POST", "/utility/diagnostics", { registration_id: registration.id }), name, `diagnose ${registration.id}`));
  }
  if (decisions.includes("refuse")) {
    const label = element("label", `Reason (to refuse or suspend ${name}) `);
    label.append(reason);
    actions.unshift(label);
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
  const said = Object.keys(SCALE).filter((name) => control[name] !== null && control[name] !== undefined);
  return said.map((name) => `${name.replaceAll("_", " ")} ${control[name] / SCALE[name]} ${UNIT[name] ?? "°C"}`).join(", ");
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
    button("Revoke permissions", () => call("POST", `/utility/users/${customer.name}/revoke`, {}), account.holder,
      `revoke ${account.id}`),
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
    ...Object.values(charger.vehicles).filter((each) => !each.plugged).map((each) =>
      button(`Drive ${each.name}`, () => call("PATCH", `/vehicles/${each.id}`,
        { state_of_charge: Math.max(each.state_of_charge - 30, 10) }), "", `drive ${each.id}`)),
    button(charger.enabled ? "Pause" : "Enable", () => call("PATCH", path, { enabled: !charger.enabled }), charger.name,
      "enable"),
    button(charger.faults.includes("offline") ? "Online" : "Offline", () =>
      call(charger.faults.includes("offline") ? "DELETE" : "PUT", `${path}/faults/offline`), charger.name, "offline"),
    button("Reset counter", post("counter", {}), charger.name, "reset"),
  ];
  return card(`${charger.name}: ${charger.state ?? "offline"}`, [
    `Counter ${charger.total_kwh ?? "–"} kWh, delivered ${charger.delivered_kwh.toFixed(3)} kWh`,
    `Power ${charger.power_w ?? "–"} W, ${charger.speed} times as fast as in life`,
    ...Object.values(charger.vehicles).map((each) =>
      `${each.name}: ${each.state_of_charge.toFixed(1)} %${each.plugged ? ", plugged in" : ""}`),
  ], actions);
}

function bindingCard(binding) {
  const decisions = { pending: ["approve", "refuse"], in_force: ["end"] }[binding.status] ?? [];
  const name = vehicleName(binding.vehicle_id);
  return card(`${name}: ${binding.status.replaceAll("_", " ")}`, [
    `${binding.program_id} at ${binding.evse.name}, ${binding.user}${binding.guest ? ", a guest's" : ""}`,
    `Paid by ${binding.payer.holder}, ${binding.payer.number}`,
    `${binding.valid_from} – ${binding.valid_until ?? "…"}`,
    binding.reason && `Reason: ${binding.reason}`,
  ], decisions.map((decision) => button(decision[0].toUpperCase() + decision.slice(1), () =>
    call("POST", `/utility/bindings/${binding.id}/${decision}`, {}), name, `${decision} ${binding.id}`)));
}

function confirmationCard(confirmation) {
  return card(`${confirmation.payer.holder}: session of ${confirmation.started_at}`, [], ["confirm", "refuse"].map(
    (decision) => button(decision[0].toUpperCase() + decision.slice(1), () =>
      call("POST", `/utility/confirmations/${confirmation.session_id}/${decision}`, {}), confirmation.payer.holder,
    `${decision} ${confirmation.session_id}`)));
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
    found.appointment && `Somebody comes ${new Date(found.appointment.start).toLocaleString()}`,
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

function gatewayCard(gateway) {
  const devices = gateway.registered.map((lfdi, number) =>
    button(`Withdraw ${gateway.names[number]}`, () => call("DELETE", `/gateways/${gateway.id}/registrations/${lfdi}`), "",
      `withdraw ${gateway.id} ${lfdi}`));
  return card(`Gateway ${gateway.id}`, [
    `LFDI ${grouped(gateway.lfdi)}`, `${gateway.host}, port ${gateway.port}, PIN ${gateway.pin}`,
    `Registered devices: ${gateway.registered.length}`,
    gateway.pending.length && `Not accepted yet: ${gateway.pending.map(nameOf).join(", ")}`,
  ], devices);
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
  for (const field of document.querySelectorAll(SETTINGS)) {
    if (!field.dataset.changed && field !== document.activeElement) field.value = known.utility.settings[field.name];
  }
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
  known = { index, utility, gateways, registrations, vehicles };
  draw("case-list", cases.toReversed().slice(0, 30), caseCard);
  draw("diagnosis-list", diagnoses.toReversed().slice(0, 30), diagnosisCard);
  draw("charger-list", chargers, chargerCard);
  draw("binding-list", bindings.toReversed(), bindingCard);
  draw("confirmation-list", confirmations.filter((each) => each.status === "pending"), confirmationCard);
  draw("record-list", records.toReversed().slice(0, 50), (each) => row(new Date(each.started_at).toLocaleString(),
    vehicleName(each.vehicle_id), kilowattHours(each.energy_wh), `${each.amount} ${each.currency}`, each.quality));
  draw("bill-list", bills, (each) => card(`${vehicleName(each.vehicle_id)}, ${each.month}`,
    [`${kilowattHours(each.energy_wh)}, ${each.amount} ${each.currency}`, `${each.user}, ${each.account.number}`]));
  byId("name").textContent = utility.name;
  fillOptions();
  fillSettings();
  draw("registration-list", registrations.toReversed(), registrationCard);
  draw("request-list", utility.requests.toReversed().slice(0, 20), (each) =>
    card(each.user, [`Premise ${each.premise_id}`, new Date(each.received_at).toLocaleString()]));
  draw("customer-list", utility.customers, customerCard);
  draw("program-list", utility.programs, (each) => card(each.name, [each.summary, `Terms ${each.terms.version}`]));
  draw("gateway-list", gateways.map((each) => ({ ...each, names: each.registered.map(nameOf) })), gatewayCard);
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
    for (const field of document.querySelectorAll("[data-changed]")) delete field.dataset.changed;
  },
  "pre-register": (form) => call("POST", "/utility/registrations", {
    premise_id: form.premise_id, model_id: form.model_id, name: form.name, lfdi: form.lfdi, serial: form.serial,
    ...(form.pin ? { pin: form.pin } : {}),
  }),
  control: (form) => call("POST", `/gateways/${form.gateway}/controls`, {
    program: Number(form.program),
    [form.what]: Math.round(Number(form.amount) * SCALE[form.what]),
    start_in: Math.round(Number(form.start) * 60),
    duration: Math.round(Number(form.duration) * 60),
    mandatory: form.mandatory === "on",
    load_shift_forward: form.load_shift_forward === "on",
  }),
  charger: (form) => call("PATCH", "/chargers/garage", { speed: Number(form.speed) }),
  confirmation: async (form) => {
    await call("PATCH", "/utility", { session_confirmation: form.session_confirmation });
    for (const field of document.querySelectorAll("[data-do=confirmation] [data-changed]")) delete field.dataset.changed;
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
  fault: (form) => call("PUT", `${faultPath(form.where)}/${form.fault}`, JSON.parse(form.parameters || "{}")),
});

for (const field of document.querySelectorAll(SETTINGS)) {
  field.addEventListener("input", () => { field.dataset.changed = "yes"; });
}
for (const name of ["where", "fault"]) document.querySelector(`[name=${name}]`).addEventListener("change", fillOptions);
begin();
