import { all, button, rest, show, TestHome, textOf } from "./page";

import assert from "node:assert/strict";
import { before, test } from "node:test";

import { define } from "../src/elements";
import { HomeStrategy } from "../src/strategy";

const meter = (): TestHome => {
  const home = new TestHome().add("Demo home", { commissioning_state: ["commissioned"], health: ["ok"] });
  home.areas = { cellar: { name: "Cellar" } };
  return home;
};
const place = (name: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  name, quality: "good", signal: -60, latency_ms: 12.4, loss: 0, at: new Date().toISOString(), carried: true, ...more,
});
const type = (card: Element, selector: string, value: string): void => {
  const field = all(card, selector)[0] as HTMLInputElement;
  field.value = value;
  field.dispatchEvent(new Event("input"));
};

before(define);

test("only administrators have the installer's page, and where there is nothing it begins with commissioning", async () => {
  const paths = async (home: TestHome): Promise<[string, number][]> => {
    const { views } = (await HomeStrategy.generate({}, home.hass)) as { views: { path: string; sections: unknown[] }[] };
    return views.map(({ path, sections }) => [path, sections.length]);
  };
  assert.deepEqual(await paths(new TestHome()), [["home", 1], ["installer", 1]]);
  const home = meter();
  assert.deepEqual((await paths(home)).at(-1), ["installer", 4]);
  home.admin = false;
  assert.deepEqual((await paths(home)).map(([path]) => path), ["home", "devices"]);
});

test("commissioning leads to Home Assistant's own dialogs", async () => {
  const card = await show("commission", meter().add("Pool pump", { registration_state: ["enrolled"] }));
  assert.deepEqual(
    all(card, "a").map((each) => each.getAttribute("href")),
    [
      "/config/devices/device/demo_home",
      "/config/devices/device/pool_pump",
      "/config/integrations/integration/utility_han",
      "/config/integrations/dashboard/add?domain=utility_han",
    ],
  );
  assert.match(textOf(card), /Demo home \[commissioned\] Pool pump \[enrolled\]/);
});

test("a number for the utility is copied by a tap, with a clipboard and without one", async () => {
  const home = meter().add("Pool pump", { registration_state: ["enrolled"] });
  home.numbers = { demo_home: { lfdi: "3E4F45", pin: "123455" }, pool_pump: { serial: "PP-1" } };
  const card = await show("commission", home);
  assert.doesNotMatch(textOf(card), /3E4F45/, "they are asked for by who wants them");
  const details = all(card, "details")[0] as HTMLDetailsElement;
  details.open = true;
  details.dispatchEvent(new Event("toggle"));
  await rest();
  assert.match(textOf(card), /Demo home LFDI 3E4F45 Copy PIN of Home Assistant 123455 Copy Pool pump Serial number PP-1 Copy/);
  const copied: string[] = [];
  const clipboard = { writeText: (text: string) => Promise.resolve(void copied.push(text)) };
  const press = async (secure: boolean, about: string): Promise<void> => {
    Object.defineProperty(navigator, "clipboard", { value: secure ? clipboard : undefined, configurable: true });
    all(card, "button").find((each) => each.getAttribute("aria-label") === `Copy: ${about}`)?.click();
    await rest();
  };
  await press(true, "Demo home, LFDI");
  assert.match(textOf(card), /3E4F45 Copied PIN of Home Assistant 123455 Copy/);
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  document.execCommand = (command: string) => {
    const marked = all(card, "textarea")[0] as HTMLTextAreaElement;
    copied.push(`${command} ${marked.value}`);
    return true;
  };
  await press(false, "Pool pump, Serial number");
  assert.match(textOf(card), /3E4F45 Copy .* PP-1 Copied/);
  assert.deepEqual(copied, ["3E4F45", "copy PP-1"]);
  assert.equal(all(card, "textarea").length, 0);
});

test("where somebody else sees a card of the installer's page, it reads, and offers what they may", async () => {
  const home = meter().add("Pool pump", { registration_state: ["enrolled"] });
  [home.admin, home.allowed] = [false, { pool_pump: ["read"] }];
  home.answers["get_coverage"] = { places: [place("Cellar")], signal: null };
  const offered = async (name: string): Promise<string> => {
    const card = await show(name, home);
    return [...all(card, "a"), ...all(card, "utility-han-acting"), ...all(card, "input")].map(textOf).join();
  };
  for (const name of ["commission", "survey", "handover"]) assert.equal((await offered(name)).replaceAll(",", ""), "", name);
  assert.match(textOf(await show("survey", home)), /Cellar Good/);
  home.allowed = { pool_pump: ["control", "cases"], demo_home: ["administer"] };
  assert.equal(await offered("survey"), "Measure here,Tell the utility,");
});

test("a place is measured where somebody says that they are, and only what was measured is told", async () => {
  const home = meter().add("Pool pump", { registration_state: ["enrolled"] });
  home.answers["get_coverage"] = { places: [], signal: null };
  const card = await show("survey", home);
  assert.match(textOf(card), /Nothing is measured yet/);
  button(card, "Measure here").click();
  await rest();
  assert.match(textOf(card), /say where you are first/);
  assert.deepEqual(home.asked.map(({ service }) => service), ["get_coverage"]);

  home.answers["measure_coverage"] = {
    places: [place("Cellar"), place("Attic", { carried: false, signal: null, quality: "good", loss: 0.2 })],
    signal: null,
  };
  button(card, "Cellar").click();
  await rest();
  button(card, "Measure here").click();
  await rest();
  assert.deepEqual(home.asked.at(-1)?.data, { device_id: "pool_pump", place: "Cellar" });
  assert.match(textOf(card), /Cellar Good -60 dBm · answers in 12 ms · 0 % lost/);
  assert.match(textOf(card), /Attic No signal: .* was measured. answers in 12 ms · 20 % lost/);

  home.answers["report_coverage"] = { places: [place("Cellar")], signal: null, case: "C-7" };
  button(card, "Tell the utility").click();
  await rest();
  assert.match(textOf(card), /knows of it: case C-7/);
});

test("what was measured is there where the card is made anew meanwhile", async () => {
  const home = meter().add("Heat pump", { registration_state: ["enrolled"] });
  home.answers["get_coverage"] = { places: [], signal: null };
  home.answers["measure_coverage"] = { places: [place("Cellar")], signal: null };
  const card = await show("survey", home);
  button(card, "Cellar").click();
  await rest();
  button(card, "Measure here").click();
  card.remove();
  delete home.answers["get_coverage"];
  const again = await show("survey", home);
  assert.match(textOf(again), /Cellar Good -60 dBm/);
  assert.equal((all(again, "#place")[0] as HTMLInputElement).value, "Cellar");
});

test("the places of another device are not those of the one before", async () => {
  const home = meter().add("Pool pump", { registration_state: ["enrolled"] }).add("Wallbox", { registration_state: ["enrolled"] });
  home.answers["get_coverage"] = { places: [place("Cellar")], signal: "sensor.rssi" };
  const card = await show("survey", home);
  assert.match(textOf(card), /Cellar Good/);
  home.answers["get_coverage"] = { places: [], signal: null };
  button(card, "Wallbox").click();
  await rest();
  assert.equal(home.asked.at(-1)?.data?.["device_id"], "wallbox");
  assert.match(textOf(card), /Nothing is measured yet/);
});

test("what a diagnosis and a repair came to is told in place", async () => {
  const at = new Date().toISOString();
  const home = meter().add("Pool pump", {
    registration_state: ["enrolled"],
    health: ["ok"],
    last_diagnosis: ["faulty_device", { next: "check_device", at, repair: null, case_closed: false }],
  });
  home.answers["diagnose"] = { verdict: "gateway_down", next: "wait", repair: null };
  home.answers["repair"] = { verdict: "faulty_device", next: null, repair: "check_device", fixed: false };
  const card = await show("diagnose", home);
  assert.match(textOf(card), /Pool pump \[ok\] faulty_device · \d+:\d+ What helps: check_device Repair Diagnose/);
  button(card, "Diagnose").click();
  await rest();
  assert.match(textOf(card), /Demo home \[ok\] gateway_down · \d+:\d+ What helps: wait Diagnose Pool pump/);
  home.add("Pool pump", { last_diagnosis: ["faulty_device", { next: null, at, repair: "check_device" }] });
  button(card, "Repair").click();
  await rest();
  button(card, "Yes, repair").click();
  await rest();
  card.hass = home.hass;
  await rest();
  assert.match(textOf(card), /Not repaired yet · \d+:\d+: faulty_device/);
});

const REPORT = {
  title: "Hand-over report",
  subtitle: "Demo home",
  facts: [{ name: "Premises", value: "Demo home" }],
  installed: [
    {
      title: "Pool pump", about: "Load", mark: "unknown", standing: "Not seen",
      facts: [{ name: "Programs", value: "A\nB" }], heads: ["Place", "Coverage", "Signal"], rows: [["Cellar", "–", "-91 dBm"]],
    },
  ],
  cases: [], cases_title: "Cases", cases_none: "No case", notes_title: "Notes", notes: "Mind <b>the</b> dog", explained: "As found",
};

test("the report is made with what was typed, shown as it is printed, and handed on", async () => {
  const home = meter();
  home.answers["get_handover_report"] = { report: REPORT, url: "/api/report?authSig=1", name: "report.pdf" };
  const card = await show("handover", home);
  assert.equal(all(card, "article").length, 0);
  type(card, "#installer", "Ada");
  type(card, "#notes", "Mind the dog");
  const seen: string[] = [];
  Element.prototype.scrollIntoView = function (this: Element) {
    seen.push(this.localName);
  };
  button(card, "Make the report").click();
  await rest();
  assert.deepEqual(seen, ["article"]);
  assert.deepEqual(home.asked.at(-1)?.data, { device_id: "demo_home", language: "en", installer: "Ada", notes: "Mind the dog" });
  assert.match(textOf(card), /Pool pump Load Not seen Programs A B Cellar · Signal: -91 dBm Cases No case Notes Mind <b>the<\/b> dog/);
  const addresses: (string | null)[] = [];
  document.addEventListener("click", (event) => {
    addresses.push((event.target as Element).getAttribute("href"));
    event.preventDefault();
  });
  button(card, "Download (PDF)").click();
  assert.equal(addresses.filter(Boolean).at(-1), "/api/report?authSig=1");
  assert.equal(all(card, "button").some((each) => textOf(each) === "Share (PDF)"), false);

  // On the way to another page and back nothing that was typed or made is lost.
  const again = await show("handover", home);
  assert.equal((all(again, "#notes")[0] as HTMLTextAreaElement).value, "Mind the dog");
  assert.equal(all(again, "article").length, 1);
});

test("a browser that can share is handed the file, and who thinks better of it has not failed", async () => {
  const home = meter();
  home.answers["get_handover_report"] = { report: REPORT, url: "/api/report?authSig=1", name: "report.pdf" };
  const shared: string[] = [];
  const [fetched, refusals] = [globalThis.fetch, ["AbortError", "NotAllowedError"]];
  globalThis.fetch = () => Promise.resolve(new Response("%PDF"));
  Object.assign(navigator, {
    canShare: () => true,
    share: ({ files }: { files: File[] }) => {
      shared.push(...files.map(({ name, type }) => `${name} ${type}`));
      return Promise.reject(new DOMException("not now", refusals.shift()));
    },
  });
  try {
    const card = await show("handover", home);
    button(card, "Make the report").click();
    await rest();
    button(card, "Share (PDF)").click();
    await rest();
    assert.deepEqual(shared, ["report.pdf application/pdf"]);
    assert.doesNotMatch(textOf(card), /did not work/);
    button(card, "Share (PDF)").click();
    await rest();
    assert.match(textOf(card), /did not work: not now/);
  } finally {
    globalThis.fetch = fetched;
    Object.assign(navigator, { canShare: undefined, share: undefined });
  }
});
