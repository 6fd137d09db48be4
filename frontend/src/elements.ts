import { Acting } from "./acting";
import { CasesCard } from "./cards/cases";
import { ControlCard } from "./cards/control";
import { HealthCard } from "./cards/health";
import { PowerCard } from "./cards/power";
import { PriceCard } from "./cards/price";
import { TodayCard } from "./cards/today";
import { VehicleCard } from "./cards/vehicle";
import type { CardName } from "./offered";
import { HomeStrategy } from "./strategy";

const CARDS: Record<CardName, CustomElementConstructor> = {
  health: HealthCard,
  control: ControlCard,
  power: PowerCard,
  today: TodayCard,
  price: PriceCard,
  vehicle: VehicleCard,
  cases: CasesCard,
};

/** Make everything known to the page; the strategy last, since its page wants the cards. */
export const define = (): void => {
  customElements.define("utility-han-acting", Acting);
  for (const [name, card] of Object.entries(CARDS)) customElements.define(`utility-han-${name}-card`, card);
  customElements.define("ll-strategy-dashboard-utility-han", HomeStrategy);
};
