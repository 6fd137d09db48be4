/** Numbers, money and times as the person reads them: by the language and the formats of their profile. */

import type { Hass } from "./hass";

const HOUR = 3_600_000;

const NUMBERS: Record<string, string[]> = {
  comma_decimal: ["en-US", "en"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"],
};

const numberLocale = (hass: Hass): string[] | string | undefined => {
  const { number_format: format, language } = hass.locale;
  return format === "system" ? undefined : (NUMBERS[format] ?? language);
};

const written = (hass: Hass, value: number, options: Intl.NumberFormatOptions): string =>
  new Intl.NumberFormat(numberLocale(hass), {
    ...options,
    useGrouping: hass.locale.number_format !== "none",
  }).format(value);

export const formatNumber = (hass: Hass, value: number, digits: number, least = digits): string =>
  written(hass, value, { minimumFractionDigits: least, maximumFractionDigits: digits });

/** A number with its unit, which no line leaves alone. */
export const formatQuantity = (hass: Hass, value: number, unit: string, digits: number, least = digits): string =>
  `${formatNumber(hass, value, digits, least)}\u00a0${unit}`;

/** An amount of a currency (ISO 4217) with as many digits as its coins have. */
export const formatMoney = (hass: Hass, amount: number, currency: string): string => {
  try {
    return written(hass, amount, { style: "currency", currency });
  } catch {
    return formatQuantity(hass, amount, currency, 2);
  }
};

/** A price per kWh: more digits than coins have. */
export const formatPrice = (hass: Hass, price: number, unit: string): string =>
  formatQuantity(hass, price, unit, 4, 2);

/** Watts as kW where there are many. */
export const formatPower = (hass: Hass, watts: number): string =>
  Math.abs(watts) < 1000 ? formatQuantity(hass, watts, "W", 0) : formatQuantity(hass, watts / 1000, "kW", 2, 1);

export const formatEnergy = (hass: Hass, kwh: number): string => formatQuantity(hass, kwh, "kWh", 2);

/**
 * The zone in which the person reads times, as Home Assistant's own frontend has it (resolve-time-zone.ts): their
 * device's where their profile says "local", and the home's where it says "server" or the device names none: some say
 * an offset only, "+00:00".
 */
export const zoneOf = (hass: Hass): string => {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone as string | undefined;
  return hass.locale.time_zone !== "server" && own && /^[A-Z]/i.test(own) ? own : hass.config.time_zone;
};

const HOURS: Record<string, Intl.DateTimeFormatOptions> = {
  "12": { hour12: true },
  // hour12: false has American days begin at 24:00.
  "24": { hourCycle: "h23" },
};

/** How the hours are counted: "system" asks the browser for that, and for no word. */
const hours = (hass: Hass): Intl.DateTimeFormatOptions => {
  const { time_format: chosen } = hass.locale;
  if (chosen !== "system") return HOURS[chosen] ?? {};
  return HOURS[new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hour12 ? "12" : "24"] ?? {};
};

const format = (hass: Hass, moment: Date, timeZone: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat(hass.locale.language, { timeZone, ...hours(hass), ...options }).format(moment);

export const formatTime = (hass: Hass, moment: Date, zone = zoneOf(hass)): string =>
  format(hass, moment, zone, { hour: "numeric", minute: "2-digit" });

const formatDay = (hass: Hass, moment: Date, now: Date, zone: string): string => {
  const options: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short" };
  const thisYear = parts(moment, zone)[0] === parts(now, zone)[0];
  return format(hass, moment, zone, thisYear ? options : { ...options, year: "numeric" });
};

const sameDay = (one: Date, other: Date, zone: string): boolean =>
  midnight(one, zone).getTime() === midnight(other, zone).getTime();

/** The time, with its day where that is another one than today's, and its year where that is another one. */
export const formatMoment = (hass: Hass, moment: Date, now: Date, zone = zoneOf(hass)): string => {
  const time = formatTime(hass, moment, zone);
  return sameDay(moment, now, zone) ? time : `${formatDay(hass, moment, now, zone)}, ${time}`;
};

/** From when to when something lasts: the day of its end is told where it is another one than that of its start, also today. */
export const formatSpan = (hass: Hass, start: Date, end: Date, now: Date, zone = zoneOf(hass)): [string, string] => [
  formatMoment(hass, start, now, zone),
  sameDay(start, end, zone) ? formatTime(hass, end, zone) : formatMoment(hass, end, start, zone),
];

const parts = (moment: Date, zone: string): number[] => {
  const found = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(moment);
  return (["year", "month", "day", "hour", "minute", "second"] as const).map((type) =>
    Number(found.find((part) => part.type === type)?.value),
  );
};

const offset = (moment: Date, zone: string): number => {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts(moment, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment.getTime() / 1000) * 1000;
};

/** Whether the clock that the person reads times by shows another time than the home's. */
export const isElsewhere = (hass: Hass, moment: Date): boolean =>
  offset(moment, zoneOf(hass)) !== offset(moment, hass.config.time_zone);

/** When the day of a moment began in a zone, also where clocks are changed on it. */
export const midnight = (moment: Date, zone: string): Date => {
  const [year = 0, month = 1, day = 1] = parts(moment, zone);
  const utc = Date.UTC(year, month - 1, day);
  const guess = new Date(utc - offset(moment, zone));
  return new Date(utc - offset(guess, zone));
};

/** When an hour of the clock begins on the day that began at a moment, also where clocks are changed on it. */
export const beginOf = (hour: number, day: Date, zone: string): Date => {
  const guess = new Date(day.getTime() + hour * HOUR);
  const ahead = ((hourOf(guess, zone) - hour + 36) % 24) - 12;
  return new Date(guess.getTime() - ahead * HOUR);
};

/** The hour of the day, and the month (2026-11), of a moment in a zone. */
export const hourOf = (moment: Date, zone: string): number => parts(moment, zone)[3] ?? 0;
export const monthOf = (moment: Date, zone: string): string => {
  const [year = 0, month = 1] = parts(moment, zone);
  return `${year}-${String(month).padStart(2, "0")}`;
};
