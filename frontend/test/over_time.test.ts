import { all, button, rest, show, TestHome, textOf } from "./page";

import assert from "node:assert/strict";
import { before, mock, test } from "node:test";

import { define } from "../src/elements";
import { beginOf, midnight } from "../src/formatting";

const DENVER = "America/Denver";
const HOUR = 3_600_000;
const CAR = { binding: ["in_force"], session_energy: ["4"], plugged: ["off"] } satisfies Record<string, [string]>;
const SESSION = { energy_kwh: 4, amount: 1, currency: "USD", place: "home" };

const meter = (more: Record<string, [string, Record<string, unknown>?]> = {}): TestHome =>
  new TestHome().add("Demo home", { commissioning_state: ["commissioned"], health: ["ok"], ...more });

before(define);

test("a connection that is lost is told in words, and nobody says that nothing was done", async () => {
  const home = meter({ energy_delivered: ["9"] });
  home.breaks = true;
  assert.match(textOf(await show("today", home)), /could not be read: the connection to Home Assistant was lost\.$/);
  const card = await show("health", home);
  all(card, "button")[0]?.click();
  await rest();
  button(card, "Diagnose").click();
  await rest();
  assert.match(textOf(card), /The connection to Home Assistant was lost\. It may have been done all the same/);
  assert.doesNotMatch(textOf(card), /did not work|object/);
});

test("the hour in which most was used is that of the clock, also on the days on which it is changed", async () => {
  for (const day of ["2026-03-08", "2026-11-01", "2026-07-01"]) {
    const begun = midnight(new Date(`${day}T20:00:00Z`), DENVER);
    for (const hour of [0, 1, 3, 12, 18, 23]) {
      const told = new Intl.DateTimeFormat("en", { timeZone: DENVER, dateStyle: "short", timeStyle: "short", hourCycle: "h23" });
      assert.match(told.format(beginOf(hour, begun, DENVER)), new RegExp(`/${String(Number(day.slice(8)))}/26, 0?${String(hour)}:00`));
    }
  }
  mock.timers.enable({ apis: ["Date"], now: Date.parse("2026-03-08T20:00:00Z") });
  try {
    const home = meter({ energy_delivered: ["9"] });
    const noon = Date.parse("2026-03-08T18:00:00Z");
    home.statistics = { hour: { "sensor.demo_home_energy_delivered": [{ start: noon, end: noon + HOUR, change: 2 }] } };
    const [bars] = all(await show("today", home), ".hours");
    assert.equal(bars?.getAttribute("aria-label"), "From the grid by hour; most between 12:00 and 13:00: 2.00\u00a0kWh");
  } finally {
    mock.timers.reset();
  }
});

test("a page that stays open tells the month that it is, and asks again for what it did not get", async () => {
  const home = meter().add("Family car", CAR);
  const of = (...months: string[]): void => {
    assert.deepEqual(home.asked.map(({ data }) => data?.["month"]), months);
  };
  home.answers["get_sessions"] = { sessions: [SESSION] };
  const card = await show("vehicle", home);
  const at = async (now: string): Promise<void> => {
    Object.assign(card, { now: new Date(now) });
    await rest();
  };
  home.asked = [];
  await at("2031-01-31T12:00:00Z");
  home.answers["get_sessions"] = { sessions: [] };
  await at("2031-02-01T12:00:00Z");
  assert.match(textOf(card), /This month No session has ended this month/);
  await at("2031-02-01T12:00:30Z");
  of("2031-01", "2031-02");
  home.breaks = true;
  await at("2031-03-01T12:00:00Z");
  home.breaks = false;
  home.answers["get_sessions"] = { sessions: [SESSION] };
  await at("2031-03-01T12:00:30Z");
  assert.match(textOf(card), /4\.00 kWh measured/);
  await at("2031-03-01T12:01:00Z");
  of("2031-01", "2031-02", "2031-03", "2031-03");
});

test("a session that is unplugged is not counted yet until it is, and is asked for until then", async () => {
  const begun = { last_reset: "2031-02-01T10:00:00Z" };
  const home = meter().add("Family car", { plugged: ["off"], session_energy: ["4.0", begun], month_energy: ["0.0"] });
  home.answers["get_sessions"] = { sessions: [] };
  const card = await show("vehicle", home);
  const at = async (now: string): Promise<void> => {
    Object.assign(card, { now: new Date(now) });
    await rest();
  };
  await at("2031-02-01T12:00:00Z");
  assert.match(textOf(card), /This month The last session is not counted yet/);
  home.answers["get_sessions"] = { sessions: [SESSION] };
  await at("2031-02-01T12:01:00Z");
  assert.match(textOf(card), /This month 4\.00 kWh measured/);
  home.asked = [];
  await at("2031-02-01T12:02:00Z");
  assert.deepEqual(home.asked, []);
  home.add("Family car", { month_energy: ["0.0"] }).answers["get_sessions"] = { sessions: [] };
  await at("2031-03-01T12:00:00Z");
  assert.match(textOf(card), /This month No session has ended this month/);
});

test("what stays uncounted is asked for more and more seldom, and at once when something changes", async () => {
  const begun = { last_reset: "2031-02-01T10:00:00Z" };
  const home = meter().add("Family car", { plugged: ["off"], session_energy: ["4.0", begun], month_energy: ["0.0"] });
  home.answers["get_sessions"] = { sessions: [] };
  const card = await show("vehicle", home);
  const began = Date.parse("2031-02-01T12:00:00Z");
  home.asked = [];
  const asked: number[] = [];
  for (let tick = 0; tick <= 4 * 120; tick++) {
    const before = home.asked.length;
    Object.assign(card, { now: new Date(began + tick * 30_000) });
    await card.updateComplete;
    if (home.asked.length > before) asked.push(tick);
  }
  await rest();
  assert.deepEqual(asked, [0, 1, 2, 4, 8, 16, 32, 64, 128, 248, 368]);
  home.add("Family car", { plugged: ["off"], session_energy: ["5.0", begun], charging_sessions: ["1"] });
  Object.assign(card, { hass: home.hass, now: new Date(began + 481 * 30_000) });
  await rest();
  assert.equal(home.asked.length, asked.length + 1);
});

test("where nothing is seen nothing is shown as well", async () => {
  const edge = async (home: TestHome): Promise<string | null | undefined> =>
    all(await show("health", home), "ha-card")[0]?.getAttribute("style");
  assert.equal(await edge(new TestHome()), "--severity: var(--divider-color)");
  assert.equal(await edge(new TestHome().addDisabled("Demo home")), "--severity: var(--divider-color)");
  assert.equal(await edge(meter({ health: ["unavailable"] })), "--severity: var(--divider-color)");
  assert.equal(await edge(meter({ health: ["ok"] })), "--severity: var(--success-color)");
  assert.equal(await edge(meter({ health: ["failed"] })), "--severity: var(--error-color)");
});

test("a meter that is disabled is not said to be missing", async () => {
  for (const name of ["health", "power", "today", "price", "cases"] as const) {
    const card = await show(name, new TestHome().addDisabled("Demo home"));
    assert.match(textOf(card), /The meter is disabled\. To the integration/);
    assert.match(textOf(await show(name, new TestHome())), /There is no meter yet\./);
  }
});

test("what sessions cost in two currencies is not added up", async () => {
  const home = meter().add("Family car", CAR);
  home.answers["get_sessions"] = { sessions: [SESSION, { ...SESSION, amount: 2, currency: "EUR" }, SESSION] };
  assert.match(textOf(await show("vehicle", home)), /12\.00 kWh measured · \$2\.00 \+ €2\.00/);
});

test("who answered a question by the keyboard goes on from its button", async () => {
  const later = new Date(Date.now() + HOUR).toISOString();
  const home = meter().add("Pool pump", {
    active_event: ["duty_cycle", { start: later, end: later, participating: true }],
    opt_out_event: ["unknown"],
  });
  const card = await show("control", home);
  button(card, "Opt out now").click();
  await rest();
  const [acting] = all(card, "utility-han-acting");
  button(card, "Yes, opt out").click();
  await rest();
  assert.equal(textOf(acting?.shadowRoot?.activeElement ?? null), "Opt out now");
});

test("what goes from left to right does so in languages that are read from the right", async () => {
  const home = meter({ power: ["900", { unit_of_measurement: "W" }], energy_delivered: ["9"] });
  const start = midnight(new Date(), DENVER).getTime();
  home.statistics = { hour: { "sensor.demo_home_energy_delivered": [{ start, end: start + HOUR, change: 2 }] } };
  for (const [name, part] of [["power", ".ends"], ["today", ".hours"]] as const) {
    const card = await show(name, home);
    // As Home Assistant's page does it in Hebrew.
    card.style.direction = "rtl";
    const [heading, picture] = [...all(card, "h2"), ...all(card, part)];
    assert.ok(heading && picture);
    assert.deepEqual([heading, picture].map((each) => getComputedStyle(each).direction), ["rtl", "ltr"], name);
  }
});
