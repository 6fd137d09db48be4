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
  /** What that cost; nothing where the price of a part is not known. */
  cost: number | undefined;
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

/** What energy of today adds up to: `energy` in kWh, `price` per kWh, on average over the same times. */
export const addUp = (energy: Row[], price: Row[] | undefined, hour: (start: number) => number): Today => {
  const key = ({ start, end }: Row): string => `${String(start)}-${String(end)}`;
  const prices = new Map((price ?? []).map((row) => [key(row), row.mean]));
  const today: Today = { total: 0, hours: new Array<number>(24).fill(0), cost: price && 0 };
  for (const row of energy) {
    const { start, change } = row;
    if (typeof change !== "number" || change === 0) continue;
    today.total += change;
    const at = hour(start);
    today.hours[at] = (today.hours[at] ?? 0) + change;
    const each = prices.get(key(row));
    today.cost = today.cost === undefined || typeof each !== "number" ? undefined : today.cost + change * each;
  }
  return today;
};
