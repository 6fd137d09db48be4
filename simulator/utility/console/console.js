// The representative's page: reads the control endpoint every two seconds and acts through it.

const BASE = "/console/control";
const EVERY = 2000;

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
  awaiting_approval: ["approve", "refuse"],
  open: ["refuse", "close"],
  active: ["suspend", "close"],
  suspended: ["resume", "close"],
  pre_registered: ["close"],
  awaiting_readiness: ["refuse"],
};
const CONTROL_STATES = ["scheduled", "active", "cancelled", "cancelled (randomised)", "superseded"];
const ANSWERS = {
  1: "received", 2: "started", 3: "completed", 4: "opted out", 5: "opted in", 6: "cancelled", 7: "superseded",
  8: "partly completed, then opted out", 10: "ended without participation", 14: "superseded by another program",
  252: "rejected: cannot do that", 253: "rejected: not for this device", 254: "rejected: was over already",
};
// IEEE 2030.5 counts offsets in tenths of °C, set points and percentages of load in hundredths.
const SCALE = {
  duty_cycle: 1, heating_offset: 10, cooling_offset: 10, heating_setpoint: 100, cooling_setpoint: 100,
  load_adjustment: 100,
};
const UNIT = { duty_cycle: "% on", load_adjustment: "% load" };

const byId = (id) => document.getElementById(id);
let known = { utility: null, gateways: [] };

async function call(method, path, body) {
  const response = await fetch(BASE + path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  let answer = null;
  try { answer = text ? JSON.parse(text) : null; } catch { answer = { error: text }; }
  if (!response.ok) throw new Error(answer?.error ?? `HTTP ${response.status}`);
  return answer;
}

function say(text, bad = false) {
  const result = byId("result");
  result.textContent = text;
  result.classList.toggle("bad", bad);
}

async function act(what, work) {
  try {
    await work();
    say(`${what}: done`);
  } catch (error) {
    say(`${what}: ${error.message}`, true);
  }
  await refresh();
}

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function button(label, work, context) {
  const made = element("button", label, { type: "button", "aria-label": context ? `${label} ${context}` : label });
  made.addEventListener("click", () => act(label, work));
  return made;
}

// Lists are drawn anew only when what they show has changed, and never under somebody's hands.
function draw(id, data, build) {
  const list = byId(id);
  const shown = JSON.stringify(data);
  if (list.dataset.shown === shown) return;
  if (list.contains(document.activeElement) && document.activeElement.tagName === "INPUT") return;
  list.dataset.shown = shown;
  list.replaceChildren(...(data.length ? data.map(build) : [nothing(list)]));
}

function nothing(list) {
  if (list.tagName !== "TBODY") return element("li", "None.");
  const row = element("tr");
  row.append(element("td", "None yet."));
  return row;
}

function card(title, lines, actions = []) {
  const item = element("li");
  item.append(element("h4", title), ...lines.filter(Boolean).map((line) => element("p", line)));
  if (actions.length) {
    const row = element("div", undefined, { class: "actions" });
    row.append(...actions);
    item.append(row);
  }
  return item;
}

const grouped = (lfdi) => lfdi.match(/.{1,5}/g).join("-");
const atTime = (seconds) => new Date(seconds * 1000).toLocaleTimeString();

function registrationCard(registration) {
  const { device } = registration;
  const name = device.name ?? device.kind.replaceAll("_", " ");
  const decisions = DECISIONS[registration.stage] ?? [];
  const reason = element("input", undefined, { "aria-label": `Reason, ${name}`, placeholder: "Reason" });
  const actions = decisions.map((decision) =>
    button(decision[0].toUpperCase() + decision.slice(1), () =>
      call("POST", `/utility/registrations/${registration.id}/${decision}`, { detail: reason.value }), name));
  if (decisions.includes("refuse") || decisions.includes("suspend")) actions.push(reason);
  return card(`${name}: ${STAGES[registration.stage]}`, [
    `LFDI ${grouped(device.lfdi)}`,
    device.serial && `Serial number ${device.serial}`,
    `Customer ${registration.user}`,
    registration.programs.length && `Programs ${registration.programs.map((each) => each.program_id).join(", ")}`,
    registration.record_id && `Record ${registration.record_id}`,
    registration.reason && `Reason: ${registration.reason.detail}`,
  ], actions);
}

function askedFor(control) {
  const said = Object.keys(SCALE).filter((name) => control[name] !== null && control[name] !== undefined);
  return said.map((name) => `${name.replaceAll("_", " ")} ${control[name] / SCALE[name]} ${UNIT[name] ?? "°C"}`).join(", ");
}

function controlCard({ gateway, control }) {
  const open = control.status < 2 && (control.start + control.duration) * 1000 > Date.now();
  const state = control.status < 2 && !open ? "ended" : CONTROL_STATES[control.status];
  const what = `Control ${control.number}`;
  const actions = open ? [button("Cancel", () =>
    call("POST", `/gateways/${gateway}/controls/${control.number}/cancel`, {}), what)] : [];
  return card(`${what}: ${state}${control.mandatory ? ", emergency" : ""}`, [
    `Gateway ${gateway}, program ${control.program}`, askedFor(control) || "whatever the device can do",
    `${atTime(control.start)} to ${atTime(control.start + control.duration)}`,
  ], actions);
}

function row(...cells) {
  const made = element("tr");
  made.append(...cells.map((cell) => element("td", cell)));
  return made;
}

function customerCard(customer) {
  const { account, premise } = customer;
  const active = account.status === "active";
  return card(`${account.holder} (${customer.name})`, [
    `Account ${account.number}: ${account.status}`,
    `Premise ${premise.address}`,
    `Gateways ${premise.gateways.map(grouped).join(", ") || "none"}`,
  ], [
    button(active ? "Suspend" : "Resume", () =>
      call("POST", `/utility/accounts/${account.id}/${active ? "suspend" : "resume"}`, {}), account.holder),
    button("Revoke permissions", () => call("POST", `/utility/users/${customer.name}/revoke`, {}), account.holder),
  ]);
}

function gatewayCard(gateway) {
  const devices = gateway.registered.map((lfdi) =>
    button(`Withdraw ${lfdi.slice(0, 10)}…`, () => call("DELETE", `/gateways/${gateway.id}/registrations/${lfdi}`)));
  return card(`Gateway ${gateway.id}`, [
    `LFDI ${grouped(gateway.lfdi)}`, `${gateway.host}, port ${gateway.port}, PIN ${gateway.pin}`,
    `${gateway.registered.length} devices registered`,
  ], devices);
}

function faultCard({ where, name, parameters }) {
  return card(`${name} (${where === "utility" ? "API" : `gateway ${where}`})`, [JSON.stringify(parameters)],
    [button("Switch off", () => call("DELETE", `${faultPath(where)}/${name}`), name)]);
}

const faultPath = (where) => (where === "utility" ? "/utility/faults" : `/gateways/${where}/faults`);

function fillOptions(index) {
  const gateways = known.gateways.map((each) => [each.id, `${each.id}: ${grouped(each.lfdi).slice(0, 11)}…`]);
  const where = document.querySelector("[name=where]").value || "utility";
  const faults = where === "utility" ? Object.keys(known.utility.faults) : Object.keys(index.faults);
  const options = {
    gateways,
    premises: known.utility.customers.map((each) => [each.premise.id, `${each.premise.address}, ${each.name}`]),
    models: known.utility.models.map((each) => [each.id, `${each.manufacturer} ${each.name}`]),
    programs: known.utility.programs.map((each) => [each.id, each.name]),
    "gateway-programs": known.utility.programs.filter((each) => each.number).map((each) => [each.number, each.name]),
    places: [["utility", "the API"], ...gateways.map(([id]) => [id, `gateway ${id}`])],
    faults: faults.map((name) => [name, name.replaceAll("_", " ")]),
  };
  for (const select of document.querySelectorAll("select[data-options]")) {
    const wanted = options[select.dataset.options];
    const shown = JSON.stringify(wanted);
    if (select.dataset.shown === shown || select === document.activeElement) continue;
    const before = select.value;
    select.dataset.shown = shown;
    select.replaceChildren(...wanted.map(([value, label]) => element("option", label, { value })));
    if (wanted.some(([value]) => String(value) === before)) select.value = before;
  }
}

async function perGateway(path) {
  const answers = await Promise.all(known.gateways.map((each) =>
    each.personality === "standard" || path === "faults" ? call("GET", `/gateways/${each.id}/${path}`) : []));
  return known.gateways.map((each, number) => [each.id, answers[number]]);
}

async function refresh() {
  try {
    const [index, utility, gateways, registrations, apiFaults, log] = await Promise.all([
      call("GET", "/"), call("GET", "/utility"), call("GET", "/gateways"), call("GET", "/utility/registrations"),
      call("GET", "/utility/faults"), call("GET", "/utility/log"),
    ]);
    known = { utility, gateways };
    byId("name").textContent = utility.name;
    fillOptions(index);
    const approval = document.querySelector("[name=approval]");
    if (!approval.dataset.set) approval.value = utility.settings.approval;
    approval.dataset.set = "yes";
    draw("registration-list", registrations.toReversed(), registrationCard);
    draw("request-list", utility.requests.toReversed().slice(0, 20), (each) =>
      card(each.user, [`Premise ${each.premise_id}`, new Date(each.received_at).toLocaleString()]));
    draw("customer-list", utility.customers, customerCard);
    draw("program-list", utility.programs, (each) => card(each.name, [each.summary, `Terms ${each.terms.version}`]));
    draw("gateway-list", gateways, gatewayCard);
    draw("log-list", log.toReversed().slice(0, 30), (each) => row(`${each.method} ${each.path}`, String(each.status)));
    const controls = (await perGateway("controls")).flatMap(([gateway, found]) =>
      found.map((control) => ({ gateway, control })));
    draw("control-list", controls.toReversed().slice(0, 30), controlCard);
    const answers = (await perGateway("responses")).flatMap(([, found]) => found);
    draw("response-list", answers.toReversed().slice(0, 50), (each) =>
      row(each.created ? atTime(each.created) : "–", `${each.lfdi.slice(0, 10)}…`, each.mrid.slice(0, 8), ANSWERS[each.status] ?? String(each.status)));
    const faults = [["utility", apiFaults], ...(await perGateway("faults"))].flatMap(([where, active]) =>
      Object.entries(active).map(([name, parameters]) => ({ where, name, parameters })));
    draw("fault-list", faults, faultCard);
  } catch (error) {
    say(`The simulator does not answer: ${error.message}`, true);
  }
}

const FORMS = {
  settings: (form) => call("PATCH", "/utility", { approval: form.approval }),
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
  }),
  message: (form) => call("POST", `/gateways/${form.gateway}/messages`, {
    text: form.text, priority: Number(form.priority), duration: Math.round(Number(form.duration) * 60),
  }),
  prices: (form) => call("PUT", `/gateways/${form.gateway}/prices`, {
    prices: form.prices.split(/[,;\s]+/).filter(Boolean).map(Number),
  }),
  terms: (form) => call("POST", `/utility/programs/${form.program}/terms`, {
    version: form.version, ...(form.text ? { text: form.text } : {}),
  }),
  fault: (form) => call("PUT", `${faultPath(form.where)}/${form.fault}`, JSON.parse(form.parameters || "{}")),
};

for (const form of document.querySelectorAll("form[data-do]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = Object.fromEntries(new FormData(form));
    const label = form.querySelector("button").textContent;
    act(label, () => FORMS[form.dataset.do](said));
  });
}
document.querySelector("[name=where]").addEventListener("change", () => { document.activeElement.blur(); refresh(); });

await refresh();
setInterval(refresh, EVERY);
