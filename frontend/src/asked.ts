/** How much a device does for a load control, as an amount that a person reads. */

import { formatNumber, formatPower, formatQuantity } from "./formatting";
import type { Hass } from "./hass";

const percent = (hass: Hass, value: number): string => formatQuantity(hass, value, "%", 0);

const offset = (hass: Hass, celsius: number): string => {
  const unit = hass.config.unit_system.temperature;
  return formatQuantity(hass, unit === "°F" ? celsius * 1.8 : celsius, unit, 1, 0);
};

const temperature = (hass: Hass, celsius: number): string => {
  const unit = hass.config.unit_system.temperature;
  return formatQuantity(hass, unit === "°F" ? celsius * 1.8 + 32 : celsius, unit, 1, 0);
};

type Amount = (hass: Hass, value: number) => string;

const energy: Amount = (hass, value) => formatQuantity(hass, value, "kWh", 1, 0);
const whole: Amount = (hass, value) => formatNumber(hass, value, 0);

/** By the state of the active load control, which is what the device does: what of the attribute `what` it goes by. */
const AMOUNTS: Record<string, Record<string, Amount>> = {
  duty_cycle: { duty_cycle: percent, load_adjustment: percent },
  load_limit: { load_adjustment: percent, duty_cycle: percent },
  power_limit: { target_reduction: formatPower },
  temperature_offset: { cooling_offset: offset, heating_offset: offset },
  set_point: { cooling_setpoint: temperature, heating_setpoint: temperature },
  charge_state: { charge_state: percent, charge_energy: energy },
  load_level: { level: whole, level_offset: whole },
};

export const amountOf = (hass: Hass, done: string, what: unknown): string => {
  const told = (what ?? {}) as Record<string, unknown>;
  for (const [name, amount] of Object.entries(AMOUNTS[done] ?? {})) {
    const value = told[name];
    if (typeof value === "number") return amount(hass, value);
  }
  return "";
};
