import { all, later, rest, show, TestHome, textOf } from "./page";

import assert from "node:assert/strict";
import { before, test } from "node:test";

import { define } from "../src/elements";

const meter = (more: Record<string, [string, Record<string, unknown>?]> = {}): TestHome =>
  new TestHome().add("Demo home", { commissioning_state: ["commissioned"], health: ["ok"], ...more });

before(define);

test("who is no administrator is told what the car costs, and offered nothing that is refused to them", async () => {
  const home = meter().add("Family car", { binding: ["in_force"], month_energy: ["10"] });
  home.admin = false;
  const card = await show("vehicle", home);
  assert.match(textOf(card), /10\.00 kWh billed/);
  assert.deepEqual([home.asked, all(card, "button")], [[], []]);
});

test("who may only read is offered no way out of a control, and nothing that charges or tells sessions", async () => {
  const home = meter()
    .add("Pool pump", {
      active_event: ["duty_cycle", { start: later(-1), end: later(1), participating: true }],
      opt_out_event: ["unknown"],
    })
    .add("Family car", { binding: ["in_force"], session_energy: ["4"], plugged: ["on"], charge_now: ["unknown"] });
  home.admin = false;
  home.answers["get_sessions"] = { sessions: [{ energy_kwh: 4, amount: 1, currency: "USD", place: "home" }] };
  const offered = async (pump: string[], car: string[]): Promise<string> => {
    home.allowed = { demo_home: ["read"], pool_pump: pump, family_car: car };
    const cards = [await show("control", home), await show("vehicle", home)];
    const month = textOf(cards[1] ?? null).includes("4.00 kWh measured") ? ["measured"] : [];
    return [...cards.flatMap((card) => all(card, "utility-han-acting").map(textOf)), ...month].join();
  };
  assert.equal(await offered(["read"], ["read"]), "");
  assert.deepEqual(home.asked, []);
  assert.equal(await offered(["read", "control"], ["read"]), "Opt out now");
  assert.equal(await offered(["read"], ["read", "control"]), "Charge now");
  assert.deepEqual(home.asked, []);
  assert.equal(await offered(["read"], ["read", "records"]), "Statement (PDF),Sessions (CSV),measured");
});

test("what somebody may is asked for once for all cards, of other devices anew, and again where it was not answered", async () => {
  const control: [string, Record<string, unknown>] = ["duty_cycle", { start: later(-1), end: later(1) }];
  const home = meter().add("Pool pump", { active_event: control, opt_out_event: ["unknown"] });
  home.admin = false;
  home.allowed = { pool_pump: ["control"] };
  const put = (name: string): Promise<Awaited<ReturnType<typeof show>>> => show(name, home);
  const [card] = await Promise.all([put("control"), put("vehicle"), put("price"), put("cases")]);
  const offered = (): string => all(card, "utility-han-acting").map(textOf).join();
  assert.deepEqual([home.asks, offered()], [1, "Opt out now"]);
  home.add("Heater", { active_event: control, opt_out_event: ["unknown"] }).allowed["heater"] = ["control"];
  card.hass = home.hass;
  await rest();
  assert.deepEqual([home.asks, offered()], [2, "Opt out now,Opt out now"]);
  home.add("Boiler", { active_event: control, opt_out_event: ["unknown"] }).breaks = true;
  card.hass = home.hass;
  await rest();
  assert.equal(offered(), "");
  home.breaks = false;
  card.hass = home.hass;
  Object.assign(card, { now: new Date() });
  await rest();
  assert.deepEqual([home.asks, offered()], [3, "Opt out now,Opt out now"]);
});

test("who may not diagnose or repair is offered neither, and who may by the options is", async () => {
  const home = meter({ open_cases: ["0"] }).add("Pool pump", {
    registration_state: ["enrolled"],
    health: ["failed", { reason: "not_listed", since: later(-2) }],
    last_diagnosis: ["commissioning_problem", { next: "re_announce", at: later(-1) }],
  });
  home.admin = false;
  home.allowed = { demo_home: ["read"], pool_pump: ["read"] };
  const looks = async (): Promise<string> => {
    const card = await show("health", home);
    assert.match(textOf(card), /What helps: re_announce/);
    const buttons = all(card, "utility-han-acting").map((each) => textOf(each));
    return [...buttons, ...(textOf(card).includes("is told to your utility") ? ["told"] : [])].join();
  };
  assert.equal(await looks(), "");
  home.allowed = { demo_home: ["read"], pool_pump: ["read", "control", "cases"] };
  assert.equal(await looks(), "Diagnose,told");
  home.allowed = { demo_home: ["read"], pool_pump: ["read", "control", "repair"] };
  assert.equal(await looks(), "Repair,Diagnose");
  home.breaks = true;
  assert.equal(await looks(), "");
});
