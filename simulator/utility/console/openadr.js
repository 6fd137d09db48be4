// The utility's people at the VTN: programs, events, VENs and their targets, reports.

import { ask } from "./asking.js";
import { byId, element } from "./dom.js";
import { FORMS, begin, button, call, card, choices, draw, heard, page, parsed, row } from "./parts.js";

// Types of event payloads as OpenADR 3.1.1 enumerates them: what they are, an example, units and currency.
const TYPES = {
  SIMPLE: ["level 0 to 3", "3", {}],
  IMPORT_CAPACITY_LIMIT: ["kW that a home may draw", "3", { units: "KW" }],
  EXPORT_CAPACITY_LIMIT: ["kW that a home may give", "3", { units: "KW" }],
  PRICE: ["USD per kWh", "0.25", { units: "KWH", currency: "USD" }],
  EXPORT_PRICE: ["USD per kWh given", "0.1", { units: "KWH", currency: "USD" }],
  GHG: ["grams per kWh", "350", { units: "GHG" }],
  CONTROL_SETPOINT: ["set point", "19", {}],
  CONTROL_LEVEL_OFFSET: ["added to the level", "1", {}],
  DISPATCH_SETPOINT: ["kW that a device shall take", "2", { units: "KW" }],
  CHARGE_STATE_SETPOINT: ["kWh in a battery", "30", { units: "KWH" }],
  ALERT_GRID_EMERGENCY: ["a text", "Please use less.", null],
  ALERT_FLEX_ALERT: ["a text", "Please use less.", null],
  ALERT_OTHER: ["a text", "Works in your street.", null],
};
const eventForm = document.querySelector("form[data-do=event]").elements;
let known = null;

const listed = (text) => text.split(/[,;\s]+/).filter(Boolean);
const minutes = (text) => `PT${Math.round(Number(text) * 60)}S`;
const withTargets = (text) => (listed(text).length ? { targets: listed(text) } : {});
const forWhom = (found) => found.targets?.length && `For ${found.targets.join(", ")}`;
const local = (text) => (text.startsWith("0001") ? "now" : new Date(text).toLocaleString());
const programName = (id) => known.programs.find((each) => each.id === id)?.programName ?? id;
const eventName = (id) => known.events.find((each) => each.id === id)?.eventName ?? id;
const remove = (kind, found, name) =>
  button("Delete", async () => {
    await ask(`Delete ${name}?`, "Delete");
    return call("DELETE", `/vtn/${kind}/${found.id}`);
  }, name, `delete ${found.id}`);

function programCard(found) {
  return card(found.programName, [
    found.programDescriptions?.map((each) => each.URL).join(", "),
    found.payloadDescriptors?.length && `Sends ${found.payloadDescriptors.map((each) => each.payloadType).join(", ")}`,
    forWhom(found),
  ], [remove("programs", found, found.programName)]);
}

// An event is ended by being deleted, or by a start of now that lasts no time.
function eventCard(found) {
  const name = found.eventName ?? found.id;
  const payloads = (found.intervals ?? []).flatMap((each) => each.payloads);
  const types = [...new Set(payloads.map((each) => each.type))];
  const { id, createdDateTime, modificationDateTime, objectType, ...request } = found;
  return card(name, [
    programName(found.programID),
    ...types.map((type) => `${type} ${payloads.filter((each) => each.type === type).slice(0, 24)
      .map((each) => each.values.map((value) => (typeof value === "object" ? JSON.stringify(value) : value)).join("/")).join(", ")}`),
    found.intervalPeriod?.start && `From ${local(found.intervalPeriod.start)}, ${found.intervalPeriod.duration ?? ""} each`,
    found.priority !== undefined && `Priority ${found.priority}`, forWhom(found),
    found.reportDescriptors?.length && `Asks for ${found.reportDescriptors.map((each) => each.payloadType).join(", ")}`,
  ], [
    button("End now", () => call("PUT", `/vtn/events/${id}`,
      { ...request, intervalPeriod: { start: "0001-01-01T00:00:00Z", duration: "PT0S" } }), name, `end ${id}`),
    remove("events", found, name),
  ]);
}

function grantCards({ found, kind, title, lines }) {
  const targets = element("input", undefined, { "data-key": `targets ${found.id}` });
  targets.value = (found.targets ?? []).join(", ");
  const label = element("label", `Targets of ${title} `);
  label.append(targets);
  return card(title, lines, [label, button("Grant", () =>
    call("PATCH", `/vtn/${kind}s/${found.id}`, { targets: listed(targets.value) }), title, `grant ${found.id}`),
  remove(`${kind}s`, found, title)]);
}

function vensAndResources() {
  return known.vens.flatMap((ven) => [
    { found: ven, kind: "ven", title: ven.venName, lines: [`VEN of client ${ven.clientID}`] },
    ...known.resources.filter((each) => each.venID === ven.id).map((each) => ({
      found: each, kind: "resource", title: each.resourceName,
      lines: [`Resource of ${ven.venName}`, ...(each.attributes ?? []).map((one) => `${one.type} ${one.values.join(", ")}`)],
    })),
  ]);
}

function reportCard(found) {
  return card(found.reportName ?? found.id, [
    `${found.clientName}, ${local(found.modificationDateTime)}, about ${eventName(found.eventID)}`,
    ...found.resources.slice(0, 20).map((each) => `${each.resourceName}: ${each.intervals.slice(-6).map((interval) =>
      interval.payloads.map((one) => `${one.type} ${one.values.join("/")}`).join(", ")).join("; ")}`),
  ]);
}

page.refresh = () => heard(async () => {
  const [vtn, faults, log] = await Promise.all([call("GET", "/vtn"), call("GET", "/vtn/faults"), call("GET", "/vtn/log")]);
  known = vtn;
  const first = !eventForm.program.value;
  choices(eventForm.program, vtn.programs.map((each) => [each.id, each.programName]));
  if (first) suggest();
  choices(document.querySelector("[name=fault]"), Object.keys(vtn.faults).map((name) => [name, name.replaceAll("_", " ")]));
  for (const [name, value] of [["targets_in_query", vtn.settings.targets_in_query], ["public", vtn.settings.public ? "yes" : "no"]]) {
    const field = document.querySelector(`[name=${name}]`);
    if (!field.dataset.changed && field !== document.activeElement) field.value = value;
  }
  draw("program-list", vtn.programs.toReversed().slice(0, 30), programCard);
  draw("event-list", vtn.events.toReversed().slice(0, 30), eventCard);
  draw("ven-list", vensAndResources().toReversed().slice(0, 100), grantCards);
  draw("report-list", vtn.reports.toReversed().slice(0, 30), reportCard);
  draw("access-list", [vtn.url], (url) => card("VTN", [url, "Its certificate is issued by this authority:"], [certificate(vtn.ca)]));
  draw("client-list", vtn.clients, (each) => card(each.client_id, [
    `Secret ${each.client_secret}`, each.role === "bl" ? "The business" : "A VEN", each.scopes.join(", "),
  ], [button("Remove", async () => {
    await ask(`Remove the client ${each.client_id}? Whoever uses it cannot sign in any more.`, "Remove");
    return call("DELETE", `/vtn/clients/${each.client_id}`);
  }, each.client_id)]));
  draw("fault-list", Object.entries(faults), ([name, parameters]) => card(name.replaceAll("_", " "), [JSON.stringify(parameters)],
    [button("Switch off", () => call("DELETE", `/vtn/faults/${name}`), name)]));
  draw("log-list", log.toReversed().slice(0, 30), (each) => row(`${each.method} ${each.path}`, String(each.status), each.client_id));
});

function certificate(ca) {
  return element("a", "Download the certificate (PEM)",
    { href: `data:application/x-pem-file,${encodeURIComponent(ca)}`, download: "vtn-ca.pem" });
}

function descriptor(type) {
  return { objectType: "EVENT_PAYLOAD_DESCRIPTOR", payloadType: type, ...TYPES[type][2] };
}

// A program's events are mostly of what it says that it sends; each type has an example.
function suggest() {
  const program = known?.programs.find((each) => each.id === eventForm.program.value);
  const type = program?.payloadDescriptors?.map((each) => each.payloadType).find((each) => each in TYPES);
  if (type) eventForm.type.value = type;
  exemplify();
}

function exemplify() {
  eventForm.values.value = TYPES[eventForm.type.value][1];
}

function intervals(form) {
  const isText = TYPES[form.type][2] === null;
  const values = isText ? [form.values] : listed(form.values).map(Number);
  if (!values.length || values.some((value) => Number.isNaN(value))) {
    throw Object.assign(new Error("numbers, with commas between them"), { field: "values" });
  }
  return values.map((value, id) => ({ id, payloads: [{ type: form.type, values: [value] }] }));
}

Object.assign(FORMS, {
  program: (form) => call("POST", "/vtn/programs", {
    programName: form.name, ...withTargets(form.targets),
    ...(form.terms ? { programDescriptions: [{ URL: form.terms }] } : {}),
    ...(form.sends ? { payloadDescriptors: [descriptor(form.sends)] } : {}),
  }),
  event: (form) => call("POST", "/vtn/events", {
    programID: form.program, eventName: `${form.type} ${new Date().toLocaleTimeString()}`, ...withTargets(form.targets),
    ...(form.priority ? { priority: Number(form.priority) } : {}),
    payloadDescriptors: [descriptor(form.type)],
    ...(form.report ? { reportDescriptors: [{ payloadType: form.report }] } : {}),
    intervalPeriod: {
      start: new Date(Date.now() + Number(form.start) * 60000).toISOString(), duration: minutes(form.duration),
    },
    intervals: intervals(form),
  }),
  settings: async (form) => {
    await call("PATCH", "/vtn", { targets_in_query: form.targets_in_query, public: form.public === "yes" });
    for (const field of document.querySelectorAll("[data-changed]")) delete field.dataset.changed;
  },
  client: (form) => call("POST", "/vtn/clients", form),
  fault: (form) => call("PUT", `/vtn/faults/${form.fault}`, parsed(form.parameters)),
});

const named = Object.entries(TYPES).map(([name, [what]]) => [name, `${name}: ${what}`]);
choices(eventForm.type, named);
choices(document.querySelector("[name=sends]"), [["", "not said"], ...named]);
exemplify();
eventForm.program.addEventListener("change", suggest);
eventForm.type.addEventListener("change", exemplify);
for (const field of byId("access").querySelectorAll("[data-do=settings] [name]")) {
  field.addEventListener("input", () => { field.dataset.changed = "yes"; });
}
begin();
