/** Who may do what (hub/allowed.py): no page of ours offers what would be refused, and all of them ask here. */

import { DOMAIN, type Hass } from "./hass";

/** What is asked for (May of hub/allowed.py). */
export type May = "control" | "repair" | "cases" | "messages" | "records" | "administer";

type Told = Record<string, string[] | undefined>;

let told: Told = {};
let underWay: { of: Hass["devices"]; answered: Promise<boolean> } | undefined;

const isAdmin = (hass: Hass): boolean => hass.user?.is_admin === true;

/** Whether who looks at the page may do this to a device; nobody else than administrators before that is known. */
export const allows = (hass: Hass, device: string, may: May): boolean =>
  isAdmin(hass) || told[device]?.includes(may) === true;

/** Learn what who looks at the page may; whether that is known then. Who asks meanwhile has the same answer. */
export const learn = (hass: Hass): Promise<boolean> => {
  if (isAdmin(hass)) return Promise.resolve(true);
  if (underWay?.of !== hass.devices) {
    const question = { of: hass.devices, answered: ask(hass) };
    underWay = question;
    void question.answered.then(() => {
      if (underWay === question) underWay = undefined;
    });
  }
  return underWay.answered;
};

const ask = async (hass: Hass): Promise<boolean> => {
  try {
    told = await hass.callWS<Told>({ type: `${DOMAIN}/allowed` });
    return true;
  } catch {
    told = {};
    return false;
  }
};
