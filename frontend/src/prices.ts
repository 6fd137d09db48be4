/** The strip of the next 24 hours: prices, and what is planned beside them, as shares of its width. */

import type { State } from "./hass";
import { momentOf } from "./home";

export const SPAN = 24 * 3_600_000;
/** Rows that are looked at: as many as the sensor tells. */
const MOST = 432;

export interface Bar {
  start: Date;
  end: Date;
  price: number;
  tier: string | undefined;
  /** Where it begins and how wide it is, from 0 to 1. */
  left: number;
  width: number;
  /** How high it reaches, from 0 (the lowest, or nothing) to 1. */
  height: number;
  level: "low" | "middle" | "high";
}

export interface Band {
  left: number;
  width: number;
  start: Date;
  end: Date;
}

const clip = (start: Date, end: Date, from: number): { left: number; width: number } | undefined => {
  const left = Math.max(0, (start.getTime() - from) / SPAN);
  const right = Math.min(1, (end.getTime() - from) / SPAN);
  return right > left ? { left, width: right - left } : undefined;
};

/** The lowest and the highest price, and what the strip reaches from and to. */
export const rangeOf = (bars: Bar[]): { lowest: number; highest: number; floor: number; top: number } => {
  const prices = bars.map((bar) => bar.price);
  const [lowest, highest] = [Math.min(...prices), Math.max(...prices)];
  // Bars stand on zero, or hang from it where power costs less than nothing.
  return { lowest, highest, floor: Math.min(0, lowest), top: Math.max(0, highest) };
};

/** The prices that an entity's `forecast` has for the 24 hours from a moment on. */
export const barsOf = (state: State | undefined, from: Date): Bar[] => {
  const forecast: unknown = state?.attributes["forecast"];
  if (!Array.isArray(forecast)) return [];
  const bars: Bar[] = [];
  for (const row of (forecast as (Record<string, unknown> | null)[]).slice(0, MOST)) {
    const [start, end, price, tier] = [momentOf(row?.["start"]), momentOf(row?.["end"]), row?.["price"], row?.["tier"]];
    if (!start || !end || typeof price !== "number") continue;
    const place = clip(start, end, from.getTime());
    const named = typeof tier === "string" || typeof tier === "number" ? String(tier) : undefined;
    if (place) bars.push({ start, end, price, tier: named, ...place, height: 0, level: "middle" });
  }
  const { lowest, highest, floor, top } = rangeOf(bars);
  const range = top - floor || 1;
  for (const bar of bars) {
    bar.height = (bar.price - floor) / range;
    const third = highest > lowest ? (bar.price - lowest) / (highest - lowest) : 0.5;
    bar.level = third < 1 / 3 ? "low" : third > 2 / 3 ? "high" : "middle";
  }
  return bars.sort((a, b) => a.left - b.left);
};

/** Where something that lasts is on the strip; nothing where it is not on it. */
export const bandOf = (start: Date | undefined, end: Date | undefined, from: Date): Band | undefined => {
  const place = start && end && clip(start, end, from.getTime());
  return place && { start, end, ...place };
};
