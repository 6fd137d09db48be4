/** Why something that was asked of Home Assistant failed, in words. */

import type { Hass } from "./hass";
import { say } from "./words";

/** ERR_CONNECTION_LOST of home-assistant-js-websocket. */
const CONNECTION_LOST = 3;

interface Told {
  code?: unknown;
  message?: unknown;
  translation_domain?: unknown;
  translation_key?: unknown;
  translation_placeholders?: Record<string, string> | null;
}

/** What is known of it: a refusal is told as such, and a request that was under way as the connection broke within its answer. */
const toldOf = (error: unknown): Told | null => {
  const told = error as (Told & { error?: Told | null }) | null;
  return told?.message === undefined && told?.error ? told.error : told;
};

export const isConnectionLost = (error: unknown): boolean => toldOf(error)?.code === CONNECTION_LOST;

/** Home Assistant says no more of it than its code (ERR_UNAUTHORIZED of its WebSocket API). */
const isUnauthorized = (error: unknown): boolean => toldOf(error)?.code === "unauthorized";

/** What Home Assistant's message says in the language of who reads it: the message itself is English. */
const translated = async (hass: Hass, told: Told | null): Promise<string | undefined> => {
  const { translation_domain: domain, translation_key: key, translation_placeholders: placeholders } = told ?? {};
  if (typeof domain !== "string" || typeof key !== "string") return undefined;
  const localize = await hass.loadBackendTranslation("exceptions", domain).catch(() => undefined);
  return localize?.(`component.${domain}.exceptions.${key}.message`, placeholders ?? undefined);
};

export const whyOf = async (hass: Hass, error: unknown): Promise<string> => {
  if (isConnectionLost(error)) return say(hass.locale.language, "connection_lost");
  if (isUnauthorized(error)) return say(hass.locale.language, "not_allowed");
  const told = toldOf(error);
  const said = await translated(hass, told);
  if (said) return said;
  return typeof told?.message === "string" ? told.message : String(error);
};
