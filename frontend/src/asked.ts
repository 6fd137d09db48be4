/** What a load control asks for, as an amount that a person reads. */

import { formatNumber, formatPower } from "./formatting";
import type { Hass } from "./hass";

const percent = (hass: Hass, value: number): string => `${formatNumber(hass, value, 0)} %`;

const offset = (hass: Hass, celsius: number): string => {
  const unit = hass.config.unit_system.temperature;
  return `${formatNumber(hass, unit === "°F" ? celsius * 1.8 : celsius, 1, 0)} ${unit}`;
};

const temperature = (hass: Hass, celsius: number): string => {
  const unit = hass.config.unit_system.temperature;
  return `${formatNumber(hass, unit === "°F" ? celsius * 1.8 + 32 : celsius, 1, 0)} ${unit}`;
};

/** By the names of the attribute `what` of a load control, in the order in which they are told. */
const AMOUNTS: Record<string, (hass: Hass, value: number) => string> = {
  duty_cycle: percent,
  target_reduction: formatPower,
  load_adjustment: percent,
  cooling_offset: offset,
  heating_offset: offset,
  cooling_setpoint: temperature,
  heating_setpoint: temperature,
  charge_state: percent,
  charge_energy: (hass, value) => `${formatNumber(hass, value, 1, 0)} kWh`,
  level: (hass, value) => formatNumber(hass, value, 0),
  level_offset: (hass, value) => formatNumber(hass, value, 0),
};

export const amountOf = (hass: Hass, what: unknown): string => {
  const told = (what ?? {}) as Record<string, unknown>;
  for (const [name, amount] of Object.entries(AMOUNTS)) {
    const value = told[name];
    if (typeof value === "number") return amount(hass, value);
  }
  return "";
};
