import { TestHome } from "./page";

import assert from "node:assert/strict";
import { test } from "node:test";

import { amountOf } from "../src/asked";
import { scaleFor } from "../src/cards/power";
import { formatMoment, formatMoney, formatSpan, isElsewhere, midnight, zoneOf } from "../src/formatting";
import { barsOf } from "../src/prices";
import { addUp, merge } from "../src/statistics";
import { HomeStrategy } from "../src/strategy";
import { LANGUAGES, say, type Word } from "../src/words";

const { hass } = new TestHome();

test("every text has the same placeholders in every language", () => {
  const placeholders = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
  for (const [language, words] of Object.entries(LANGUAGES))
    for (const [word, text] of Object.entries(words))
      assert.deepEqual(placeholders(text), placeholders(say("en", word as Word)), `${language}: ${word}`);
});

test("a region reads its language, and who has none of ours English", () => {
  assert.equal(say("de-CH", "today"), "Heute");
  assert.equal(say("nl", "today"), "Today");
});

test("a day begins at its own midnight, also where clocks are changed", () => {
  const began = (moment: string, zone: string): string => midnight(new Date(moment), zone).toISOString();
  assert.equal(began("2026-11-27T12:00:00Z", "America/Denver"), "2026-11-27T07:00:00.000Z");
  assert.equal(began("2026-03-29T20:00:00Z", "Europe/Berlin"), "2026-03-28T23:00:00.000Z");
  assert.equal(began("2026-10-25T20:00:00Z", "Europe/Berlin"), "2026-10-24T22:00:00.000Z");
  assert.equal(began("2026-11-27T20:00:00Z", "Asia/Kolkata"), "2026-11-27T18:30:00.000Z");
});

test("times are in the zone that the profile says, as Home Assistant's own are, else in the home's", () => {
  const own = (timeZone: string | undefined, chosen: string): [string, boolean] => {
    const { DateTimeFormat } = Intl;
    const reader = { ...hass, locale: { ...hass.locale, time_zone: chosen } };
    try {
      Intl.DateTimeFormat = function (...given: ConstructorParameters<typeof DateTimeFormat>) {
        const made = new DateTimeFormat(...given);
        const resolved = made.resolvedOptions();
        return given.length > 0 ? made : Object.assign(made, { resolvedOptions: () => ({ ...resolved, timeZone }) });
      } as unknown as typeof DateTimeFormat;
      return [zoneOf(reader), isElsewhere(reader, new Date("2026-11-30T12:00:00Z"))];
    } finally {
      Intl.DateTimeFormat = DateTimeFormat;
    }
  };
  assert.deepEqual(own("Europe/Berlin", "server"), ["America/Denver", false]);
  assert.deepEqual(own("Europe/Berlin", "local"), ["Europe/Berlin", true]);
  assert.deepEqual(own("America/Edmonton", "local"), ["America/Edmonton", false], "its clocks show the same");
  assert.deepEqual(own("+00:00", "local"), ["America/Denver", false], "an offset has no summer");
  assert.deepEqual(own(undefined, "local"), ["America/Denver", false]);
});

test("midnight is told as midnight, and another day by its name", () => {
  const now = new Date("2026-11-27T12:00:00Z");
  assert.equal(formatMoment(hass, new Date("2026-11-27T07:25:00Z"), now), "00:25");
  assert.equal(formatMoment(hass, new Date("2026-11-28T07:25:00Z"), now), "Sat, Nov 28, 00:25");
});

test("a day of another year is told with its year, the same day of the month too", () => {
  const now = new Date("2026-11-27T12:00:00Z");
  assert.equal(formatMoment(hass, new Date("2025-11-27T07:25:00Z"), now), "Thu, Nov 27, 2025, 00:25");
  assert.equal(formatMoment(hass, new Date("2020-11-27T07:25:00Z"), now), "Fri, Nov 27, 2020, 00:25"); // of one weekday
  // The year is that of the zone.
  assert.equal(formatMoment(hass, new Date("2027-01-01T06:59:00Z"), now), "Thu, Dec 31, 23:59");
  assert.equal(formatMoment(hass, new Date("2027-01-01T07:01:00Z"), now), "Fri, Jan 1, 2027, 00:01");
});

test("of what lasts to another day its day is told", () => {
  const now = new Date("2026-11-27T07:20:00Z"); // 00:20 in Denver
  const span = (start: string, end: string): string => formatSpan(hass, new Date(start), new Date(end), now).join(" – ");
  assert.equal(span("2026-11-27T08:00:00Z", "2026-11-27T10:00:00Z"), "01:00 – 03:00");
  assert.equal(span("2026-11-28T08:00:00Z", "2026-11-28T10:00:00Z"), "Sat, Nov 28, 01:00 – 03:00");
  assert.equal(span("2026-11-27T08:00:00Z", "2026-11-28T10:00:00Z"), "01:00 – Sat, Nov 28, 03:00");
  assert.equal(span("2026-11-27T06:00:00Z", "2026-11-27T10:00:00Z"), "Thu, Nov 26, 23:00 – Fri, Nov 27, 03:00");
  assert.equal(span("2026-11-26T08:00:00Z", "2026-11-27T10:00:00Z"), "Thu, Nov 26, 01:00 – Fri, Nov 27, 03:00");
  assert.equal(span("2027-01-01T06:00:00Z", "2027-01-01T10:00:00Z"), "Thu, Dec 31, 23:00 – Fri, Jan 1, 2027, 03:00");
});

test("who has hours counted as the browser does reads days in their own language", () => {
  const locale = { ...hass.locale, language: "de", time_format: "system" };
  const [now, moment] = [new Date("2026-11-27T12:00:00Z"), new Date("2026-11-28T20:25:00Z")];
  const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hour12 ? "1:25 PM" : "13:25";
  assert.equal(formatMoment({ ...hass, locale }, moment, now).replace("\u202f", " "), `Sa., 28. Nov., ${clock}`);
});

test("who groups no digits has none of money grouped", () => {
  const locale = { ...hass.locale, number_format: "none" };
  assert.equal(formatMoney({ ...hass, locale }, 1234.5, "USD"), "$1234.50");
  assert.equal(formatMoney(hass, 1234.5, "USD"), "$1,234.50");
});

test("money has the coins of its currency, and what is none is told as it is", () => {
  assert.equal(formatMoney(hass, 3, "JPY"), "¥3");
  assert.equal(formatMoney(hass, 3, "points"), "3.00\u00a0points");
});

test("amounts are in the home's degrees", () => {
  const shifted = "temperature_offset";
  assert.equal(amountOf(hass, shifted, { heating_offset: 2 }), "2\u00a0°C");
  const american = { ...hass, config: { ...hass.config, unit_system: { temperature: "°F" } } };
  assert.equal(amountOf(american, shifted, { heating_offset: 2 }), "3.6\u00a0°F");
  assert.equal(amountOf(american, "set_point", { heating_setpoint: 18 }), "64.4\u00a0°F");
  assert.equal(amountOf(hass, shifted, undefined), "");
});

test("a device that does something else than is asked has no amount of what is asked", () => {
  assert.equal(amountOf(hass, "reduction", { cooling_offset: 2, duty_cycle: 50 }), "");
  assert.equal(amountOf(hass, "load_limit", { cooling_offset: 2, duty_cycle: 50 }), "50\u00a0%");
});

test("a scale has what is measured on it", () => {
  assert.deepEqual([0, 900, 1001, 2300, 4200, 9000, 10_500].map(scaleFor), [
    1000, 1000, 2000, 3000, 5000, 10_000, 20_000,
  ]);
});

test("prices below zero hang below what costs nothing, and broken ones are left out", () => {
  const from = new Date("2026-11-27T10:00:00Z");
  const forecast = [
    { start: "2026-11-27T09:30:00Z", end: "2026-11-27T11:00:00Z", price: -0.1 },
    { start: "2026-11-27T11:00:00Z", end: "2026-11-27T12:00:00Z", price: 0.1 },
    { start: "2026-11-28T11:00:00Z", end: "2026-11-28T12:00:00Z", price: 1 },
    { start: "soon", end: "2026-11-27T12:00:00Z", price: 1 },
    { start: "2026-11-27T12:00:00Z", end: "2026-11-27T13:00:00Z", price: "1" },
    null,
  ];
  const bars = barsOf({ entity_id: "sensor.price", state: "", attributes: { forecast }, last_changed: "" }, from);
  assert.deepEqual(
    bars.map(({ left, width, height }) => [left, width, height]),
    [
      [0, 1 / 24, 0],
      [1 / 24, 1 / 24, 1],
    ],
  );
  assert.deepEqual(barsOf(undefined, from), []);
});

test("prices of five minutes are there for all of the 24 hours", () => {
  const from = new Date("2026-11-27T10:00:00Z");
  const at = (minutes: number): string => new Date(from.getTime() + minutes * 60_000).toISOString();
  const forecast = Array.from({ length: 432 }, (_, n) => ({ start: at(5 * n - 3), end: at(5 * n + 2), price: n % 7 }));
  const bars = barsOf({ entity_id: "sensor.price", state: "", attributes: { forecast }, last_changed: "" }, from);
  assert.equal(bars.length, 289);
  const last = bars.at(-1);
  assert.ok(last && Math.abs(last.left + last.width - 1) < 1e-9);
});

test("what cost is not known is not guessed", () => {
  const energy = [
    { start: 0, end: 10, change: 1 },
    { start: 10, end: 20, change: 2 },
  ];
  const price = [{ start: 0, end: 10, mean: 0.5 }];
  const part = addUp(energy, price, () => 0);
  assert.deepEqual([part.cost, part.unpriced], [0.5, 2]);
  assert.equal(addUp(energy, undefined, () => 0).cost, undefined);
  assert.equal(addUp(energy, [...price, { start: 10, end: 20, mean: 1 }], () => 0).cost, 2.5);
});

test("where a price is known all the time, what everything cost is, however the recorder has it in rows", () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 16_807) % 2_147_483_647) % below;
  /** A day in rows of an hour or of five minutes, as they come. */
  const day = (): { start: number; end: number }[] =>
    Array.from({ length: 24 }, (_, hour) =>
      random(2) ? [[12 * hour, 12]] : Array.from({ length: 12 }, (_, n) => [12 * hour + n, 1]),
    ).flatMap((rows) => rows.map(([start = 0, long = 0]) => ({ start, end: start + long })));
  for (let round = 0; round < 200; round++) {
    const gap = random(24);
    const energy = day().map((row) => ({ ...row, change: (row.end - row.start) * (random(9) / 8) }));
    const price = day().map((row) => ({ ...row, mean: 0.25 }));
    const all = addUp(energy, price, () => 0);
    assert.ok(all.unpriced === 0 && Math.abs((all.cost ?? NaN) - 0.25 * all.total) < 1e-9);
    // Without a price for an hour, of that hour alone nothing is known.
    const part = addUp(energy, price.filter(({ start }) => Math.floor(start / 12) !== gap), () => 0);
    const without = energy.filter(({ start }) => Math.floor(start / 12) === gap).reduce((sum, { change }) => sum + change, 0);
    assert.ok(Math.abs(part.unpriced - without) < 1e-9);
    assert.ok(Math.abs((part.cost ?? NaN) - 0.25 * (part.total - without)) < 1e-9);
  }
});

test("an hour counts once, whatever is finer", () => {
  const hours = [{ start: 0, end: 12, change: 5 }];
  const fine = [0, 6, 12, 18].map((start) => ({ start, end: start + 6, change: 1 }));
  assert.deepEqual(
    merge(hours, fine).map(({ start }) => start),
    [0, 12, 18],
  );
});

test("the pages of devices, which are administrators', are offered to nobody else", async () => {
  for (const admin of [true, false]) {
    const home = new TestHome().add("Pool pump", { health: ["ok"] });
    home.admin = admin;
    const generated = JSON.stringify(await HomeStrategy.generate({}, home.hass));
    assert.match(generated, /"heading":"Pool pump"/);
    assert.equal(generated.includes("/config/"), admin);
  }
});

test("a tile is switched by who may control its device, and read by everybody", async () => {
  for (const [allowed, toggles] of [["read", false], ["control", true]] as const) {
    const home = new TestHome().add("Pool pump", { health: ["ok"], opt_out: ["off"] });
    [home.admin, home.allowed] = [false, { pool_pump: [allowed] }];
    const generated = JSON.stringify(await HomeStrategy.generate({}, home.hass));
    assert.match(generated, /sensor.pool_pump_opt_out/);
    assert.equal(generated.includes("toggle"), toggles);
  }
});

test("the dashboard has a card a vehicle, and a page of everything", async () => {
  const home = new TestHome()
    .add("Demo home", { commissioning_state: ["commissioned"], health: ["ok"] })
    .add("Family car", { binding: ["in_force"], health: ["ok"] })
    .add("Second car", { binding: ["in_force"], health: ["ok"] });
  home.admin = false;
  const { views } = (await HomeStrategy.generate({}, home.hass)) as { views: unknown[] };
  assert.equal(views.length, 2);
  assert.equal(JSON.stringify(views[0]).match(/utility-han-vehicle-card/g)?.length, 2);
  assert.match(JSON.stringify(views[1]), /"heading":"Second car"/);
  const { views: empty } = (await HomeStrategy.generate({}, Object.assign(new TestHome(), { admin: false }).hass)) as {
    views: unknown[];
  };
  assert.equal(JSON.stringify(empty).match(/custom:/g)?.length, 1);
});

test("the dashboard of a utility without a meter has no cards of a meter, nor of cases that nobody tells", async () => {
  type Entities = Parameters<TestHome["add"]>[1];
  const cards = async (entities: Entities): Promise<string[]> => {
    const home = new TestHome().add("Power & Light", { health: ["ok"], price: ["0.2"], ...entities });
    const { views } = (await HomeStrategy.generate({}, home.hass)) as { views: unknown[] };
    return [...JSON.stringify(views[0]).matchAll(/utility-han-(\w+)-card/g)].map(([, name]) => String(name));
  };
  assert.deepEqual(await cards({}), ["health", "control", "price", "vehicle"]);
  // What a meter tells is there also while nothing is known of it.
  const meter: Entities = { power_received: ["unavailable"], energy_net: ["unknown"], open_cases: ["0"] };
  assert.deepEqual(await cards(meter), ["health", "control", "power", "today", "price", "vehicle", "cases"]);
});
