import { all, button, later, rest, show, TestHome, textOf } from "./page";

import assert from "node:assert/strict";
import { before, test } from "node:test";

import { define } from "../src/elements";
import { CARD_NAMES } from "../src/offered";

const meter = (more: Record<string, [string, Record<string, unknown>?]> = {}): TestHome =>
  new TestHome().add("Demo home", { commissioning_state: ["commissioned"], health: ["ok"], ...more });

before(define);

test("a home without anything says what to add, to who may", async () => {
  const home = new TestHome();
  for (const name of CARD_NAMES) {
    const [link] = all(await show(name, home), "a");
    assert.equal(link?.getAttribute("href"), "/config/integrations/integration/utility_han", name);
  }
  home.admin = false;
  assert.equal(all(await show("power", home), "a").length, 0);
});

test("who becomes an administrator is offered what to add, with no state changed", async () => {
  const home = new TestHome();
  home.admin = false;
  const card = await show("power", home);
  const before = home.hass;
  card.hass = before;
  await rest();
  card.hass = { ...before, user: { is_admin: true } };
  await rest();
  assert.equal(all(card, "a").length, 1);
});

test("power is told by its direction", async () => {
  const taking = await show("power", meter({ power: ["2345", { unit_of_measurement: "W" }] }));
  assert.match(textOf(taking), /2\.35 kW from the grid/);
  const giving = await show("power", meter({ power: ["-0.8", { unit_of_measurement: "kW" }] }));
  assert.match(textOf(giving), /800 W to the grid/);
  const both = meter({ power_delivered: ["0"], power_received: ["500"] });
  assert.match(textOf(await show("power", both)), /500 W to the grid/);
  const sunny = await show("power", meter({ power: ["900"], energy_received: ["12"] }));
  assert.equal(all(sunny, "path.zero").length, 1);
  assert.equal(all(taking, "path.zero").length, 0);
  const silent = await show("power", meter({ power: ["unavailable"] }));
  assert.match(textOf(silent), /tells no power/);
});

test("today is the hours since midnight, and what is left of this one", async () => {
  const home = meter({ energy_delivered: ["9"], price: ["0.2", { unit_of_measurement: "USD/kWh" }] });
  const [energy, price] = ["sensor.demo_home_energy_delivered", "sensor.demo_home_price"];
  const hour = 3_600_000;
  home.statistics = {
    hour: { [energy]: [{ start: 0, end: hour, change: 2 }], [price]: [{ start: 0, end: hour, mean: 0.1 }] },
    "5minute": {
      [energy]: [
        { start: 0, end: hour / 12, change: 1 },
        { start: hour, end: hour + hour / 12, change: 1 },
      ],
      [price]: [
        { start: 0, end: hour / 12, mean: 9 },
        { start: hour, end: hour + hour / 12, mean: 0.3 },
      ],
    },
  };
  assert.match(textOf(await show("today", home)), /From the grid 3\.00 kWh Cost \$0\.50/);
});

test("a part of the day without a price hides nothing of what the rest cost", async () => {
  const home = meter({ energy_delivered: ["9"], price: ["0.2", { unit_of_measurement: "USD/kWh" }] });
  const [energy, price] = ["sensor.demo_home_energy_delivered", "sensor.demo_home_price"];
  const rows = [0, 1, 2].map((start) => ({ start, end: start + 1, change: 1, mean: 0.2 }));
  home.statistics = { hour: { [energy]: rows, [price]: rows.slice(1) } };
  assert.match(textOf(await show("today", home)), /Cost \$0\.40 without 1\.00 kWh of unknown price/);
});

test("while the meter is away its day is told all the same, and the price is not known", async () => {
  const home = meter({ energy_delivered: ["unavailable"], price: ["unavailable"] });
  home.statistics = { hour: { "sensor.demo_home_energy_delivered": [{ start: 0, end: 1, change: 2 }] } };
  assert.match(textOf(await show("today", home)), /From the grid 2\.00 kWh Cost no price known/);
  assert.match(textOf(await show("price", home)), /not known just now/);
});

test("a running control is left by two presses, and a refusal is told", async () => {
  const home = meter().add("Pool pump", {
    registration_state: ["enrolled"],
    active_event: ["duty_cycle", { start: later(-1), end: later(1), what: { duty_cycle: 50 }, participating: true }],
    opt_out_event: ["unknown"],
    opt_in_event: ["unavailable"],
  });
  home.refuses = "The gateway is away.";
  const card = await show("control", home);
  assert.match(textOf(card), /Pool pump until .* \[duty_cycle\], 50 %/);
  button(card, "Opt out now").click();
  await rest();
  assert.equal(home.asked.length, 0);
  button(card, "Yes, opt out").click();
  await rest();
  assert.deepEqual(home.asked.at(-1)?.entity, "sensor.pool_pump_opt_out_event");
  assert.match(textOf(card), /That did not work: The gateway is away\./);
  button(card, "Opt out now").click();
  await rest();
  button(card, "No").click();
  await rest();
  assert.equal(home.asked.length, 1);
});

test("who may not is told who may", async () => {
  const home = meter().add("Pool pump", {
    active_event: ["duty_cycle", { start: later(-1), end: later(1), what: { duty_cycle: 50 }, participating: true }],
    opt_out_event: ["unknown"],
  });
  [home.refuses, home.refusal] = ["Unauthorized", "unauthorized"];
  const card = await show("control", home);
  button(card, "Opt out now").click();
  await rest();
  button(card, "Yes, opt out").click();
  await rest();
  assert.match(textOf(card), /That did not work: only administrators may do that, unless the options/);
});

test("a refusal is told in the language of who reads it", async () => {
  const home = meter().add("Pool pump", {
    active_event: ["duty_cycle", { start: later(-1), end: later(1), what: { duty_cycle: 50 }, participating: true }],
    opt_out_event: ["unknown"],
  });
  home.language = "de";
  [home.refuses, home.refusalKey] = ["Only administrators may do that.", "only_administrators"];
  home.exceptions = { only_administrators: "Das dürfen nur Administratoren." };
  const card = await show("control", home);
  button(card, "Jetzt aussteigen").click();
  await rest();
  button(card, "Ja, aussteigen").click();
  await rest();
  assert.match(textOf(card), /: Das dürfen nur Administratoren\./);
});

test("a test signal of a diagnosis is told, and nobody is asked to leave it", async () => {
  const active: [string, Record<string, unknown>] = ["test", { start: later(-1), end: later(1), what: { duty_cycle: 100 } }];
  const card = await show("control", meter().add("Pool pump", { active_event: active, opt_out_event: ["unknown"] }));
  assert.match(textOf(card), /\[test\]$/);
  assert.equal(all(card, "button").length, 0);
  const price: [string, Record<string, unknown>] = ["0.1", { forecast: [{ start: later(-1), end: later(1), price: 0.1 }] }];
  const strip = await show("price", meter({ price }).add("Pool pump", { active_event: active }));
  assert.doesNotMatch(textOf(strip), /Pool pump/);
});

test("an emergency has no way out", async () => {
  const home = meter().add("Pool pump", {
    active_event: ["reduction", { start: later(-1), end: later(1), mandatory: true }],
    opt_out_event: ["unknown"],
  });
  const card = await show("control", home);
  assert.match(textOf(card), /An emergency/);
  assert.equal(all(card, "button").length, 0);
});

test("prices are gone along by the arrow keys, controls and charging beside them", async () => {
  const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  const time = (hours: number): string => new Date(hour + hours * 3_600_000).toISOString();
  const forecast = [0.1, 0.3, 0.2].map((price, at) => ({ start: time(at), end: time(at + 1), price }));
  const home = meter({ price: ["0.1", { unit_of_measurement: "USD/kWh", forecast }] })
    .add("Pool pump", { active_event: ["reduction", { start: time(0), end: time(2) }] })
    .add("Family car", { binding: ["in_force"], departure: [time(9), { reservation: "granted", start: time(5), end: time(7) }] });
  const card = await show("price", home);
  assert.match(textOf(card), /Now 0\.10 USD\/kWh 0\.30 0 /);
  assert.match(textOf(card), /low : 0\.10 USD\/kWh middle : 0\.20 USD\/kWh high : 0\.30 USD\/kWh Until (\w+, \w+ \d+, )?\d+:\d+$/);
  const bars = all(card, "rect");
  assert.equal(bars.length, 3);
  assert.deepEqual(
    bars.map((each) => each.getAttribute("tabindex")),
    ["0", "-1", "-1"],
  );
  all(card, "svg")[0]?.dispatchEvent(new KeyboardEvent("keydown", { key: "End", bubbles: true }));
  await rest();
  assert.match(textOf(card), /0\.20 USD\/kWh$/);
  assert.match(textOf(card), /Pool pump: load control/);
  assert.match(textOf(card), /Family car: charging/);
});

test("a month that is not billed as measured is told", async () => {
  const home = meter().add("Family car", {
    binding: ["in_force"],
    session_energy: ["12.5"],
    session_cost: ["3.1", { unit_of_measurement: "USD" }],
    month_energy: ["10", { unit_of_measurement: "kWh" }],
    month_cost: ["2.5", { unit_of_measurement: "USD" }],
    plugged: ["off", { charging: false }],
  });
  home.answers["get_sessions"] = {
    sessions: [
      { energy_kwh: 12.5, amount: 3.1, currency: "USD", place: "home" },
      { energy_kwh: 30, amount: 9, currency: "USD", place: "elsewhere" },
    ],
  };
  const card = await show("vehicle", home);
  assert.match(textOf(card), /Not plugged in/);
  assert.match(textOf(card), /Last session 12\.50 kWh · \$3\.10/);
  assert.match(textOf(card), /12\.50 kWh measured · 10\.00 kWh billed, \$2\.50/);
  assert.match(textOf(card), /2\.50 kWh not billed yet/);
  home.answers["export_sessions"] = { url: "/api/x?authSig=1", name: "x.pdf" };
  button(card, "Statement (PDF)").click();
  await rest();
  assert.equal(home.asked.at(-1)?.data?.["format"], "pdf");
});

test("of a vehicle that is plugged in and takes nothing any more it is said since when", async () => {
  const at = (charging: boolean, idle_since: string | null): TestHome =>
    meter().add("Family car", {
      binding: ["in_force"],
      session_energy: ["7.5", { last_reset: later(-5), unit_of_measurement: "kWh" }],
      plugged: ["on", { charging, idle_since }],
    });
  assert.match(textOf(await show("vehicle", at(false, later(-2)))), /Plugged in No energy taken since .*\d+:\d+ This session/);
  assert.match(textOf(await show("vehicle", at(true, null))), /Family car Charging This session/);
});

test("a vehicle at the charger of which nobody knows whose it is shows, with what it charged", async () => {
  const charges = (state: string): TestHome =>
    meter().add("Family car", {
      binding: ["in_force"],
      session_energy: ["12.5"],
      plugged: [state, { charging: false, unassigned_energy_kwh: 3.2 }],
    });
  const guest = await show("vehicle", charges("off"));
  assert.match(textOf(guest), /Family car Not plugged in Plugged in here, not known whose 3\.20 kWh Last session 12\.50 kWh/);
  assert.match(textOf(await show("vehicle", charges("unknown"))), /Family car May be plugged in Plugged in here/);
  const known = meter().add("Family car", { binding: ["in_force"], plugged: ["off", { unassigned_energy_kwh: null }] });
  assert.doesNotMatch(textOf(await show("vehicle", known)), /not known whose/);
});

test("what flows is not known while only the way is that nothing flows", async () => {
  const home = new TestHome().add("Meter", { power_delivered: ["0"], power_received: ["unavailable"] });
  const card = await show("power", home);
  const turn = async (delivered: string, received: string): Promise<string> => {
    home.add("Meter", { power_delivered: [delivered], power_received: [received] });
    card.hass = home.hass;
    await rest();
    return textOf(card);
  };
  assert.match(textOf(card), /no power just now/);
  assert.match(await turn("unknown", "0"), /no power just now/);
  assert.match(await turn("0", "0"), /Nothing is taken or given/);
  assert.match(await turn("1500", "unavailable"), /1\.5 kW from the grid/);
  assert.match(await turn("unknown", "1500"), /1\.5 kW to the grid/);
});

test("what a person has shown in another unit is told, and compared, in kilowatt-hours", async () => {
  const home = meter().add("Family car", {
    binding: ["in_force"],
    session_energy: ["12500", { unit_of_measurement: "Wh" }],
    month_energy: ["36", { unit_of_measurement: "MJ" }],
    plugged: ["off", { charging: false }],
  });
  home.answers["get_sessions"] = { sessions: [{ energy_kwh: 10, amount: 3.1, currency: "USD", place: "home" }] };
  const card = await show("vehicle", home);
  assert.match(textOf(card), /Last session 12\.50 kWh/);
  assert.match(textOf(card), /10\.00 kWh measured · 10\.00 kWh billed/);
  assert.match(textOf(card), /agree/);
  const grid = new TestHome().add("Meter", { power: ["0.000002", { unit_of_measurement: "GW" }] });
  assert.match(textOf(await show("power", grid)), /2\.0 kW/);
});

test("before the first session no figures of one are told, and while one runs the month says what it waits for", async () => {
  const home = meter().add("Family car", {
    binding: ["in_force"], session_energy: ["0.0"], session_cost: ["0.0", { unit_of_measurement: "USD" }],
    month_energy: ["0.0"], plugged: ["off", { charging: false }],
  });
  home.answers["get_sessions"] = { sessions: [] };
  const card = await show("vehicle", home);
  assert.match(textOf(card), /Last session No session yet This month No session has ended this month/);
  home.add("Family car", { session_energy: ["0.0", { last_reset: later(-1) }], plugged: ["on", { charging: true }] });
  card.hass = home.hass;
  await rest();
  assert.match(textOf(card), /This session 0\.00 kWh · \$0\.00 This month No session has ended/);
});

test("a car that charges by a plan says until when, and its month what it measured where no bill is shown", async () => {
  const planned = { reservation: "active", start: later(-1), end: later(2) };
  const home = meter().add("Family car", {
    binding: ["in_force"],
    session_energy: ["4"],
    plugged: ["on", { charging: true }],
    departure: [later(10), planned],
    charge_now: ["unknown"],
  });
  home.answers["get_sessions"] = { sessions: [{ energy_kwh: 4, amount: 1, currency: "USD", place: "home" }] };
  const card = await show("vehicle", home);
  assert.match(textOf(card), /Family car Charging This session 4\.00 kWh This month 4\.00 kWh measured · \$1\.00/);
  assert.match(textOf(card), /Charging plan reservation: active ?, .* – /);
  button(card, "Charge now").click();
  await rest();
  assert.equal(home.asked.at(-1)?.entity, "sensor.family_car_charge_now");
});

test("health is one line that opens into reasons, and what helps", async () => {
  const home = meter().add("Pool pump", {
    registration_state: ["enrolled"],
    health: ["failing", { reason: "battery_low", since: later(-2) }],
    last_diagnosis: ["faulty_device", { next: "check_device", at: later(-1) }],
  });
  const card = await show("health", home);
  assert.equal(textOf(card), "Pool pump needs attention");
  all(card, "button")[0]?.click();
  await rest();
  assert.match(textOf(card), /reason: battery_low, since/);
  button(card, "Repair").click();
  await rest();
  button(card, "Yes, repair").click();
  await rest();
  assert.deepEqual(home.asked.at(-1), {
    domain: "utility_han",
    service: "repair",
    data: { device_id: "pool_pump" },
    entity: undefined,
  });
});

test("what has failed is open from the beginning, and a repair says what it does before, how long, and what it did", async () => {
  const diagnosis = (verdict: string, more: Record<string, unknown>): [string, Record<string, unknown>] =>
    [verdict, { at: later(0), next: null, repair: null, case_closed: false, ...more }];
  const home = meter().add("Pool pump", {
    registration_state: ["enrolled"],
    health: ["failed", { reason: "not_listed", since: later(-1) }],
    last_diagnosis: diagnosis("commissioning_problem", { next: "re_announce" }),
  });
  const card = await show("health", home);
  assert.match(textOf(card), /reason: not_listed, since .* commissioning_problem · \d+:\d+ What helps: re_announce/);
  button(card, "Repair").click();
  await rest();
  assert.match(textOf(card), /Repair Home Assistant puts it back on the gateway’s list and tests it\. Repair now\? Yes, repair No Diagnose/);
  home.holds = true;
  button(card, "Yes, repair").click();
  await rest();
  assert.equal(all(card, "ha-spinner").length, 1);
  assert.match(textOf(card), /Repairing and testing, this takes up to a minute …/);
  assert.doesNotMatch(textOf(card), /commissioning_problem/);
  home.add("Pool pump", {
    health: ["ok"],
    last_diagnosis: diagnosis("nothing_wrong", { repair: "re_announce", case_closed: true }),
  });
  card.hass = home.hass;
  await rest();
  assert.equal(all(card, "ha-spinner").length, 1, "it is well before it was tested");
  home.release();
  await rest();
  assert.equal(all(card, "ha-spinner").length, 0);
  assert.match(textOf(card), /^All is well Pool pump \[ok\] Repaired · \d+:\d+: re_announce; case closed Diagnose Demo home/);
  home.add("Pool pump", { health: ["failed", { reason: "not_listed", since: later(1) }] });
  card.hass = home.hass;
  await rest();
  assert.doesNotMatch(textOf(card), /Repaired/);
});

test("where the reason is known the repair is offered first, before anything was diagnosed", async () => {
  const ill = (next: string): TestHome =>
    meter().add("Pool pump", {
      registration_state: ["enrolled"],
      health: ["failed", { reason: "not_listed", next, since: later(-1) }],
    });
  const card = await show("health", ill("re_announce"));
  assert.match(textOf(card), /What helps: re_announce Repair Diagnose/);
  assert.match(textOf(await show("health", ill("contact_utility"))), /What helps: contact_utility Diagnose/);
});

test("what helped against a trouble that is over by itself is told no more", async () => {
  const found = (health: string, since: number): TestHome =>
    meter().add("Pool pump", {
      registration_state: ["enrolled"],
      health: [health, { since: later(since) }],
      last_diagnosis: ["gateway_down", { at: later(-1), next: "resynchronise", repair: null, case_closed: false }],
    });
  const told = async (card: string, home: TestHome): Promise<string> => {
    const shown = await show(card, home);
    const summary = all(shown, "button.summary")[0];
    if (summary?.getAttribute("aria-expanded") === "false") summary.click();
    await rest();
    return textOf(shown);
  };
  for (const card of ["health", "diagnose"]) {
    assert.match(await told(card, found("failing", -2)), /gateway_down · .* What helps: resynchronise/);
    const over = await told(card, found("ok", 0));
    assert.match(over, /Pool pump \[ok\]/);
    assert.doesNotMatch(over, /gateway_down|Repair/, card);
  }
});

test("a diagnosis that finds nothing says so, also where no entity tells it, and one that failed says why", async () => {
  const home = meter();
  home.answers["diagnose"] = { verdict: "nothing_wrong", next: null, repair: null, case_closed: false };
  const card = await show("health", home);
  all(card, "button")[0]?.click();
  await rest();
  button(card, "Diagnose").click();
  await rest();
  assert.match(textOf(card), /Demo home \[ok\] nothing_wrong · \d+:\d+ Diagnose$/);
  home.refuses = "The gateway is away.";
  button(card, "Diagnose").click();
  await rest();
  assert.match(textOf(card), /That did not work: The gateway is away\./);
});

test("cases are told with their appointments, the soonest first", async () => {
  const slot = { appointment: "2026-12-01T17:00:00+00:00", appointment_end: "2026-12-01T19:00:00+00:00" };
  const cases = [
    { device: "Pool pump", status: "open", summary: "it hums" },
    { device: "Wallbox", status: "scheduled", summary: "no light", note: "bring a ladder", ...slot },
  ];
  const card = await show("cases", meter({ open_cases: ["2", { cases }] }));
  assert.match(textOf(card), /Wallbox no light — bring a ladder Appointment: Tue, Dec 1, 10:00 – 12:00 Pool pump it hums Somebody/);
});

test("why something failed is told no more after a later diagnosis", async () => {
  const found = (at: number): [string, Record<string, unknown>] =>
    ["commissioning_problem", { next: "re_announce", at: later(at) }];
  const home = meter().add("Pool pump", {
    registration_state: ["enrolled"],
    health: ["failed", { reason: "not_listed", since: later(-2) }],
    last_diagnosis: found(-1),
  });
  home.refuses = "The gateway is away.";
  const card = await show("health", home);
  button(card, "Repair").click();
  await rest();
  button(card, "Yes, repair").click();
  await rest();
  assert.match(textOf(card), /did not work: The gateway is away/);
  home.add("Pool pump", { health: ["failed", { reason: "not_listed", since: later(-2) }] });
  card.hass = home.hass;
  await rest();
  assert.match(textOf(card), /did not work/, "nothing was found since");
  home.add("Pool pump", { last_diagnosis: found(0) });
  card.hass = home.hass;
  await rest();
  assert.match(textOf(card), /Repair/);
  assert.doesNotMatch(textOf(card), /did not work/);
});

test("before the first price nobody is told that they have no utility", async () => {
  const card = await show("price", meter());
  assert.match(textOf(card), /Nobody tells a price yet\..* To the integration$/);
});
