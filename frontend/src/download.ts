import type { Hass } from "./hass";

/** Have the browser keep a document under its name; its address is signed for who is not logged in. */
export const download = (hass: Hass, url: string, name: string): void => {
  const link = document.createElement("a");
  link.href = hass.hassUrl(url);
  link.download = name;
  // The app on a phone hands on only what is in the page.
  document.body.append(link);
  link.click();
  link.remove();
};
