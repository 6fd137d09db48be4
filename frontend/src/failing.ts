/** Why something that was asked of Home Assistant failed, in words. */

import type { Hass } from "./hass";
import { say } from "./words";

/** ERR_CONNECTION_LOST of home-assistant-js-websocket. */
const CONNECTION_LOST = 3;

interface Told {
  code?: unknown;
  message?: unknown;
}

/** What is known of it: a refusal is told as such, and a request that was under way as the connection broke within its answer. */
const toldOf = (error: unknown): Told | null => {
  const told = error as (Told & { error?: Told | null }) | null;
  return told?.message === undefined && told?.error ? told.error : told;
};

export const isConnectionLost = (error: unknown): boolean => toldOf(error)?.code === CONNECTION_LOST;

/** Home Assistant says no more of it than its code (ERR_UNAUTHORIZED of its WebSocket API). */
const isUnauthorized = (error: unknown): boolean => toldOf(error)?.code === "unauthorized";

export const whyOf = (hass: Hass, error: unknown): string => {
  if (isConnectionLost(error)) return say(hass.locale.language, "connection_lost");
  if (isUnauthorized(error)) return say(hass.locale.language, "not_allowed");
  const message = toldOf(error)?.message;
  return typeof message === "string" ? message : String(error);
};
