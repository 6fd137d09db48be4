/** What people are offered: the dashboard where one is added, and each card where a card is added. */

import { say, type Word } from "./words";

export const CARD_NAMES = ["health", "control", "power", "today", "price", "vehicle", "cases"] as const;
export type CardName = (typeof CARD_NAMES)[number];

/** The cards of the installer's page, in the order of the work. */
export const INSTALLER_CARD_NAMES = ["commission", "survey", "diagnose", "handover"] as const;
export type InstallerCardName = (typeof INSTALLER_CARD_NAMES)[number];

export const typeOf = (name: CardName | InstallerCardName): string => `custom:utility-han-${name}-card`;

declare global {
  interface Window {
    customCards?: Record<string, unknown>[];
    customStrategies?: Record<string, unknown>[];
  }
}

export const offer = (): void => {
  const text = (word: Word): string => say(document.documentElement.lang || navigator.language, word);
  window.customStrategies = window.customStrategies ?? [];
  window.customStrategies.push({
    type: "utility-han",
    strategyType: "dashboard",
    name: "Utility HAN",
    description: text("strategy"),
  });
  window.customCards = window.customCards ?? [];
  for (const name of CARD_NAMES)
    window.customCards.push({
      type: `utility-han-${name}-card`,
      name: `Utility HAN: ${text(name)}`,
      description: text(`${name}_about`),
      preview: true,
    });
};
