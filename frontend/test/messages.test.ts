import { all, button, later, rest, show, TestHome, textOf } from "./page";

import assert from "node:assert/strict";
import { before, test } from "node:test";

import { define } from "../src/elements";

const meter = (more: Record<string, [string, Record<string, unknown>?]> = {}): TestHome =>
  new TestHome().add("Demo home", { commissioning_state: ["commissioned"], health: ["ok"], ...more });

before(define);

test("a message and an alert are told as long as they are in force, those of one device too", async () => {
  type Said = [string, Record<string, unknown>];
  const said = (more: Record<string, unknown>, from = -1, to = 1): Record<string, unknown> =>
    ({ priority: "normal", originator: null, start: later(from), end: later(to), ...more });
  const told = (...messages: unknown[]): Said => [String(messages.length), { messages }];
  const alert = said({ priority: "critical", alert: "alert_grid_emergency", text: "Spare power", originator: "Grid" });
  const works = said({ text: "Works on Monday" });
  const home = meter({ messages: told(works, said({ text: "Thank you" })) }).addEntity("Demo home", "messages", "vtn", told(alert));
  const card = await show("control", home);
  assert.match(textOf(card), /alert_grid_emergency until .* Spare power — Grid .*Works on Monday .*Thank you.*No device takes part/);
  assert.doesNotMatch(textOf(card), /normal/);
  assert.equal(all(card, ".critical").length, 1);
  home.add("Pool pump", { registration_state: ["enrolled"], active_event: ["none"] });
  assert.match(textOf(await show("control", home)), /Spare power — Grid .*Nothing is asked/);
  const over = meter({ messages: told(said({ text: "Works on Monday" }, -2, -1)) });
  assert.doesNotMatch(textOf(await show("control", over)), /Works/);
  const begun = meter({ messages: told(said({ text: "Works on Monday" }, 0.1)) });
  assert.match(textOf(await show("control", begun)), /Works/, "by a clock that is behind");
  // The event tells what was sent once, which may have been withdrawn.
  home.add("Demo home", { messages: told(), message: [later(-1), { text: "Works on Monday", start: later(-1), end: later(1) }] });
  card.hass = home.hass;
  await rest();
  assert.doesNotMatch(textOf(card), /Works|Thank you/);
});

test("what a person is to acknowledge is told the utility by who may, once they have said so", async () => {
  const message = { priority: "normal", text: "Works on Monday", originator: "Demo Power", start: later(-1), end: later(1) };
  const home = meter({
    messages: ["2", { messages: [{ ...message, acknowledge: "0A1B" }, { ...message, text: "Thank you" }] }],
    price: ["0.2", { acknowledge: "prices" }],
  });
  const card = await show("control", home);
  assert.equal(all(card, "utility-han-acting").length, 2, "of a message that asks for it, and of the prices");
  assert.match(textOf(card), /asks you to acknowledge its prices/);
  button(card, "Acknowledge").click();
  await rest();
  assert.match(textOf(card), /Your utility is told that you have read this/);
  assert.equal(home.asked.length, 0);
  button(card, "Yes, acknowledge").click();
  await rest();
  assert.deepEqual(
    home.asked.map(({ domain, service, data }) => [domain, service, data]),
    [["utility_han", "acknowledge", { device_id: "demo_home", message: "0A1B" }]],
  );
  const done = new TestHome().add("Demo home", {
    commissioning_state: ["commissioned"], messages: ["1", { messages: [message] }], price: ["0.2", { acknowledge: "prices" }],
  });
  card.hass = done.hass;
  await rest();
  assert.match(textOf(card), /Works on Monday.*Acknowledged: your utility is told\..*its prices.* Acknowledge Load control/);
  assert.equal(all(card, "utility-han-acting").length, 1);
  button(card, "Acknowledge").click();
  await rest();
  button(card, "Yes, acknowledge").click();
  await rest();
  assert.deepEqual(done.asked.at(-1)?.data, { device_id: "demo_home", message: "prices" });
  done.add("Demo home", { price: ["0.2", {}] });
  card.hass = done.hass;
  await rest();
  assert.match(textOf(card), /its prices, those now and those ahead\. Acknowledged/);

  home.admin = false;
  assert.equal(all(await show("control", home), "utility-han-acting").length, 0);
  home.allowed = { demo_home: ["messages"] };
  home.add("Another", {});
  const allowed = await show("control", home);
  assert.equal(all(allowed, "utility-han-acting").length, 2);
});

test("of messages what is urgent is told first, then what is new, and how to register to who has no device", async () => {
  const said = (text: string, from: number, priority: string, more: Record<string, unknown> = {}): Record<string, unknown> =>
    ({ text, priority, originator: "Grid", start: later(from), end: later(1), ...more });
  const messages = [
    said("Register here", -4, "normal", { instruction: true }),
    said("Works on Monday", -3, "low"),
    said("Storm tonight", -2, "critical"),
    said("Thank you", -1, "normal"),
  ];
  const home = meter({ messages: [String(messages.length), { messages }] });
  assert.match(
    textOf(await show("control", home)),
    /From your utility Urgent until .* Storm tonight — Grid Grid until .* Thank you Grid until .* Register here Grid until .* Works on Monday/,
  );
  home.add("Pool pump", { registration_state: ["enrolled"], active_event: ["none"] });
  const card = await show("control", home);
  assert.match(textOf(card), /Storm tonight.*Thank you.*Works on Monday.*Load control/);
  assert.doesNotMatch(textOf(card), /Register here/);
});
