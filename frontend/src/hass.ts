/** What is used of Home Assistant's frontend: the part of its `HomeAssistant` object that custom cards are given. */

export interface State {
  entity_id: string;
  state: string;
  attributes: Record<string, unknown>;
  last_changed: string;
}

/** An entity as `config/entity_registry/list_for_display` tells it. */
export interface DisplayEntry {
  entity_id: string;
  platform?: string | null;
  device_id?: string | null;
  translation_key?: string | null;
  hidden?: boolean;
}

export interface Device {
  id: string;
  name: string | null;
  name_by_user: string | null;
  primary_config_entry?: string | null;
  disabled_by?: string | null;
  identifiers?: [domain: string, id: string][];
}

export interface Locale {
  language: string;
  number_format: string;
  time_format: string;
  time_zone: string;
}

export interface Hass {
  states: Record<string, State | undefined>;
  entities: Record<string, DisplayEntry | undefined>;
  devices: Record<string, Device | undefined>;
  areas: Record<string, { name: string } | undefined>;
  locale: Locale;
  config: { time_zone: string; currency: string; unit_system: { temperature: string } };
  user?: { is_admin: boolean } | undefined;
  formatEntityState(state: State): string;
  formatEntityAttributeValue(state: State, attribute: string): string;
  localize(key: string): string;
  loadBackendTranslation(
    category: string,
    integration: string,
  ): Promise<(key: string, placeholders?: Record<string, string>) => string>;
  hassUrl(path: string): string;
  callWS<T>(message: Record<string, unknown>): Promise<T>;
  callService<T = unknown>(
    domain: string,
    service: string,
    data?: Record<string, unknown>,
    target?: { entity_id: string },
    notifyOnError?: boolean,
    returnResponse?: boolean,
  ): Promise<{ response?: T }>;
}

export const DOMAIN = "utility_han";

/** Where the integration's page is: gateways, devices and vehicles are added there. */
export const INTEGRATION_PAGE = `/config/integrations/integration/${DOMAIN}`;

/** Where Home Assistant's own dialog asks whether one more gateway is to be commissioned. */
export const NEW_GATEWAY = `/config/integrations/dashboard/add?domain=${DOMAIN}`;
