import { Acting } from "./acting";
import { CasesCard } from "./cards/cases";
import { CommissionCard } from "./cards/commission";
import { ControlCard } from "./cards/control";
import { DiagnoseCard } from "./cards/diagnose";
import { HandoverCard } from "./cards/handover";
import { HealthCard } from "./cards/health";
import { PowerCard } from "./cards/power";
import { PriceCard } from "./cards/price";
import { SurveyCard } from "./cards/survey";
import { TodayCard } from "./cards/today";
import { VehicleCard } from "./cards/vehicle";
import { Numbers } from "./numbers";
import type { CardName, InstallerCardName } from "./offered";
import { HomeStrategy } from "./strategy";

const CARDS: Record<CardName | InstallerCardName, CustomElementConstructor> = {
  health: HealthCard,
  control: ControlCard,
  power: PowerCard,
  today: TodayCard,
  price: PriceCard,
  vehicle: VehicleCard,
  cases: CasesCard,
  commission: CommissionCard,
  survey: SurveyCard,
  diagnose: DiagnoseCard,
  handover: HandoverCard,
};

/** Make everything known to the page; the strategy last, since its page wants the cards. */
export const define = (): void => {
  customElements.define("utility-han-acting", Acting);
  customElements.define("utility-han-numbers", Numbers);
  for (const [name, card] of Object.entries(CARDS)) customElements.define(`utility-han-${name}-card`, card);
  customElements.define("ll-strategy-dashboard-utility-han", HomeStrategy);
};
