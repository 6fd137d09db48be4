/** Reads the recorder's statistics, as the Energy dashboard does. */

import type { Hass } from "./hass";

/** One row of `recorder/statistics_during_period`; times are milliseconds. */
export interface Row {
  start: number;
  end: number;
  change?: number | null;
  mean?: number | null;
  max?: number | null;
  min?: number | null;
}

export type Rows = Record<string, Row[] | undefined>;

export const statistics = (
  hass: Hass,
  ids: string[],
  since: Date,
  period: "5minute" | "hour",
  types: ("change" | "mean" | "max" | "min")[],
  units: Record<string, string> = {},
): Promise<Rows> =>
  hass.callWS<Rows>({
    type: "recorder/statistics_during_period",
    start_time: since.toISOString(),
    statistic_ids: ids,
    period,
    types,
    units,
  });

export interface Today {
  /** kWh since midnight, by hour of the day and altogether. */
  total: number;
  hours: number[];
  /** What that cost as far as its price is known; nothing where no price is. */
  cost: number | undefined;
  /** The kWh whose price is not known. */
  unpriced: number;
}

/**
 * The hours, and of what no hour has yet the five minutes.
 *
 * Hours are what is known in the end: what was missed in an outage is put right there alone.
 */
export const merge = (hours: Row[] = [], fine: Row[] = []): Row[] => [
  ...hours,
  ...fine.filter((row) => !hours.some((hour) => hour.start <= row.start && row.start < hour.end)),
];

/**
 * What energy of today adds up to: `energy` in kWh, `price` per kWh, on average over the times that both have.
 *
 * Their rows need not begin and end together: each has hours and five minutes of its own, and an outage that is put
 * right has hours of energy alone.
 */
export const addUp = (energy: Row[], price: Row[] | undefined, hour: (start: number) => number): Today => {
  const today: Today = { total: 0, hours: new Array<number>(24).fill(0), cost: undefined, unpriced: 0 };
  for (const row of energy) {
    const { start, change } = row;
    if (typeof change !== "number" || change === 0) continue;
    today.total += change;
    const at = hour(start);
    today.hours[at] = (today.hours[at] ?? 0) + change;
    const each = meanOver(row, price ?? []);
    if (each === undefined) today.unpriced += change;
    else today.cost = (today.cost ?? 0) + change * each;
  }
  if (price && today.total === 0) today.cost = 0;
  return today;
};

/** What was measured on average while a row lasted, as far as it is known. */
const meanOver = ({ start, end }: Row, measured: Row[]): number | undefined => {
  let [sum, time] = [0, 0];
  for (const row of measured) {
    const both = Math.min(end, row.end) - Math.max(start, row.start);
    if (both <= 0 || typeof row.mean !== "number") continue;
    sum += both * row.mean;
    time += both;
  }
  return time > 0 ? sum / time : undefined;
};
