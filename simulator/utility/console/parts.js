// What the pages of the console have in common: the control endpoint, and lists that are drawn anew when they changed.

import { Declined } from "./asking.js";
import { byId, element } from "./dom.js";
import { answered, check, prepare } from "./fields.js";
import { tabs } from "./tabs.js";

const BASE = "/console/control";
const EVERY = 2000;

// What reads everything anew is the page's own.
export const page = { refresh: async () => {} };

export async function call(method, path, body) {
  const response = await fetch(BASE + path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  let answer = null;
  try { answer = text ? JSON.parse(text) : null; } catch { answer = { error: text }; }
  if (!response.ok) {
    throw Object.assign(new Error(answer?.error ?? `HTTP ${response.status}`), { field: answer?.field });
  }
  return answer;
}

export function say(text, bad = false) {
  const result = byId("result");
  result.textContent = text;
  result.classList.toggle("bad", bad);
}

export async function act(what, work, form = null) {
  try {
    await work();
    say(`${what}: done`);
  } catch (error) {
    const atField = form !== null && answered(form, error);
    say(`${what}: ${atField ? "look at the field that is marked" : error.message}`, !(error instanceof Declined));
  }
  await page.refresh();
}

// The key is what a control is found by when its list is drawn anew.
export function button(label, work, context = "", key = `${label} ${context}`) {
  const name = `${label} ${context}`.trim();
  const made = element("button", label, { type: "button", "aria-label": name, "data-key": key });
  made.addEventListener("click", () => act(name, work));
  return made;
}

// Lists are drawn anew only when what they show has changed; what was typed and the focus stay where they were.
export function draw(id, data, build) {
  const list = byId(id);
  const shown = JSON.stringify(data);
  // A click is lost when its button is drawn anew between press and release: the next round will do.
  if (list.dataset.shown === shown || list.querySelector("button:active")) return;
  list.dataset.shown = shown;
  const restore = remember(list);
  list.replaceChildren(...(data.length ? data.map(build) : [nothing(list)]));
  restore();
}

function remember(list) {
  const typed = [...list.querySelectorAll("input")].map((input) => [input.dataset.key, input.value]);
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const { selectionStart, selectionEnd } = focused ?? {};
  return () => {
    const keyed = new Map([...list.querySelectorAll("[data-key]")].map((each) => [each.dataset.key, each]));
    for (const [key, value] of typed) if (keyed.has(key)) keyed.get(key).value = value;
    if (!focused) return;
    const again = keyed.get(focused.dataset.key);
    // The button is gone with what it did: the list takes the focus, so that it does not fall to the page's top.
    (again ?? list).focus({ preventScroll: true });
    if (again?.tagName === "INPUT") again.setSelectionRange(selectionStart, selectionEnd);
  };
}

function nothing(list) {
  if (list.tagName !== "TBODY") return element("li", "None.");
  const row = element("tr");
  row.append(element("td", "None yet.", { colspan: "9" }));
  return row;
}

export function card(title, lines, actions = []) {
  const item = element("li");
  item.append(element("h4", title), ...lines.filter(Boolean).map((line) => element("p", line)));
  if (actions.length) {
    const row = element("div", undefined, { class: "actions" });
    row.append(...actions);
    item.append(row);
  }
  return item;
}

export function row(...cells) {
  const made = element("tr");
  made.append(...cells.map((cell) => element("td", cell)));
  return made;
}

// The parameters of a fault.
export function parsed(text) {
  try {
    return JSON.parse(text || "{}");
  } catch (error) {
    throw Object.assign(new Error(`no JSON: ${error.message}`), { field: "parameters" });
  }
}

export const FORMS = {};

// Forms by what they do; lists can take the focus.
export function begin() {
  tabs();
  for (const form of document.querySelectorAll("form[data-do]")) {
    prepare(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const label = form.querySelector("button").textContent;
      if (!check(form)) return say(`${label}: look at the field that is marked`, true);
      const said = Object.fromEntries(new FormData(form));
      return act(label, () => FORMS[form.dataset.do](said), form);
    });
  }
  for (const list of document.querySelectorAll("[id$=-list]")) list.tabIndex = -1;
  live();
}

async function live() {
  await page.refresh();
  setTimeout(live, EVERY);
}

// A select keeps what was chosen when its options change.
export function choices(select, wanted) {
  const shown = JSON.stringify(wanted);
  if (select.dataset.shown === shown || select === document.activeElement) return;
  const before = select.value;
  select.dataset.shown = shown;
  select.replaceChildren(...wanted.map(([value, label]) => element("option", label, { value })));
  if (wanted.some(([value]) => String(value) === before)) select.value = before;
}

let silent = false;

// Says once that the simulator is gone, and once that it is back.
export async function heard(read) {
  try {
    await read();
    if (silent) say("The simulator answers again.");
    silent = false;
  } catch (error) {
    if (!silent) say(`The simulator does not answer: ${error.message}`, true);
    silent = true;
  }
}
