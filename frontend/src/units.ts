/** What is measured, in one unit: a person may have chosen another one of Home Assistant's for an entity. */

import type { State } from "./hass";
import { numberOf, unitOf } from "./home";

const JOULE = 1 / 3_600_000;
const CALORIE = 4.184 * JOULE;

const WATTS: Record<string, number> = { mW: 0.001, W: 1, kW: 1000, MW: 1e6, GW: 1e9, TW: 1e12 };
const KWH: Record<string, number> = {
  mWh: 1e-6, Wh: 0.001, kWh: 1, MWh: 1000, GWh: 1e6, TWh: 1e9,
  J: JOULE, kJ: 1000 * JOULE, MJ: 1e6 * JOULE, GJ: 1e9 * JOULE,
  cal: CALORIE, kcal: 1000 * CALORIE, Mcal: 1e6 * CALORIE, Gcal: 1e9 * CALORIE,
  thm: 29.3001,
};

const measured = (state: State | undefined, factors: Record<string, number>): number | undefined => {
  const value = numberOf(state);
  return value === undefined ? undefined : value * (factors[unitOf(state)] ?? 1);
};

export const wattsOf = (state: State | undefined): number | undefined => measured(state, WATTS);

export const kwhOf = (state: State | undefined): number | undefined => measured(state, KWH);
