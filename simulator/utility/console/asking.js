// Asks before what cannot be taken back, and for the reason where somebody reads it.

import { element } from "./dom.js";

export class Declined extends Error {}

let asked = 0;

// What was said as the reason; throws Declined where nothing is to be done.
export function ask(question, yes, reason = null) {
  const dialog = element("dialog", undefined, { role: "alertdialog", "aria-labelledby": `question-${++asked}` });
  const form = element("form", undefined, { method: "dialog" });
  // No submit button: Enter in the field is for the other one.
  const back = element("button", "Go back", { type: "button" });
  back.addEventListener("click", () => dialog.close());
  const field = element("input", undefined, { name: "reason", autocomplete: "off", maxlength: "200" });
  form.append(element("p", question, { id: `question-${asked}` }));
  if (reason) {
    const label = element("label", reason.label);
    field.required = Boolean(reason.required);
    // Blanks are no reason.
    Object.assign(field, { pattern: ".*\\S.*", title: "Say it in a few words." });
    label.append(field);
    form.append(label);
  }
  const buttons = element("div", undefined, { class: "actions" });
  buttons.append(back, element("button", yes, { type: "submit", value: "yes", class: "grave" }));
  form.append(buttons);
  dialog.append(form);
  const from = document.activeElement?.dataset?.key;
  document.body.append(dialog);
  dialog.showModal();
  (reason ? field : back).focus();
  return new Promise((resolve, reject) => {
    dialog.addEventListener("close", () => {
      const said = dialog.returnValue === "yes";
      dialog.remove();
      // The list may have been drawn anew meanwhile.
      [...document.querySelectorAll("[data-key]")].find((each) => each.dataset.key === from)?.focus();
      if (said) resolve(field.value.trim());
      else reject(new Declined("nothing was done"));
    });
  });
}
