// What is wrong with a field is said at the field: before anything is sent, and where the utility answers so.

import { element } from "./dom.js";

const MISSING = "Please fill this in.";

function range({ min, max }) {
  if (min !== "" && max !== "") return `From ${min} to ${max}.`;
  return min !== "" ? `At least ${min}.` : `At most ${max}.`;
}

function problemOf(field) {
  const { validity } = field;
  if (validity.badInput) return "A number, please.";
  if (validity.valueMissing || (field.required && !field.value.trim())) return MISSING;
  if (validity.rangeUnderflow || validity.rangeOverflow) return range(field);
  if (validity.stepMismatch) return `In steps of ${field.step || 1}.`;
  return validity.valid ? "" : field.dataset.wrong ?? field.validationMessage;
}

function mark(field, text) {
  const place = field.closest(".field").querySelector(".wrong");
  place.textContent = text;
  if (text) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

// Every field gets a place of its own for what is wrong with it, which is no part of its label.
export function prepare(form) {
  form.noValidate = true;
  for (const label of form.querySelectorAll("label")) {
    const field = label.querySelector("input, select, textarea");
    const around = element("div", undefined, { class: "field" });
    const place = element("small", "", { class: "wrong", id: `wrong-${form.dataset.do}-${field.name}`, role: "alert" });
    field.setAttribute("aria-describedby", [place.id, field.getAttribute("aria-describedby")].filter(Boolean).join(" "));
    label.replaceWith(around);
    around.append(label, place);
    field.addEventListener("input", () => mark(field, ""));
  }
}

// Whether everything in the form can be sent; the first field that cannot has the focus.
export function check(form) {
  const wrong = [...form.elements].filter((field) => {
    if (!field.closest(".field")) return false;
    mark(field, problemOf(field));
    return field.hasAttribute("aria-invalid");
  });
  wrong[0]?.focus();
  return !wrong.length;
}

// Says what the utility answered at the field that it is about; whether there is one.
export function answered(form, error) {
  const field = error.field && (form.elements[error.field] ?? form.querySelector(`[data-says~="${error.field}"], [data-says="*"]`));
  if (!field) return false;
  const named = new RegExp(`^${error.field}:? `);
  mark(field, error.message.replace(named, "").replace(/^./, (first) => first.toUpperCase()));
  field.focus();
  return true;
}
