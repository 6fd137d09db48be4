// Sections as tabs (ARIA Authoring Practices, "Tabs"): one is shown, the address says which, arrow keys lead on.
// They are links to their sections: one that is clicked before this script is there is opened once it is.

import { byId } from "./dom.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

export function tabs() {
  const all = [...document.querySelectorAll("[role=tab]")];
  const nameOf = (tab) => tab.getAttribute("aria-controls");

  function show() {
    const shown = all.find((tab) => `#${nameOf(tab)}` === location.hash) ?? all[0];
    for (const tab of all) {
      const is = tab === shown;
      tab.setAttribute("aria-selected", String(is));
      tab.tabIndex = is ? 0 : -1;
      byId(nameOf(tab)).hidden = !is;
    }
    // On a phone the strip of tabs is wider than the page.
    shown.scrollIntoView({ block: "nearest", inline: "center" });
    scrollTo(0, 0);
    return shown;
  }

  all.forEach((tab, at) => {
    tab.addEventListener("keydown", (event) => {
      const to = event.key === "Home" ? 0 : event.key === "End" ? -1 : STEPS[event.key] && (at + STEPS[event.key]) % all.length;
      if (to === undefined) return;
      event.preventDefault();
      location.hash = nameOf(all.at(to));
    });
  });
  addEventListener("hashchange", () => {
    // What was done in another section is no news here.
    byId("result").textContent = "";
    show().focus();
  });
  show();
}

// How many things wait behind a tab: with one section shown, nobody sees the others.
export function waits(section, count) {
  const tab = document.querySelector(`[role=tab][aria-controls=${section}]`);
  tab.dataset.waits = count || "";
  tab.setAttribute("aria-label", count ? `${tab.textContent}, ${count} waiting` : tab.textContent);
}
