import { css } from "lit";

import { HealthCard } from "./health";
import { InstallerCard } from "./installer";

/** Everything's health with what was found and what helps, open and large. */
export class DiagnoseCard extends HealthCard {
  static override styles = [
    ...InstallerCard.styles,
    ...HealthCard.styles,
    css`
      ha-card {
        border-inline-start: var(--ha-card-border-width, 1px) solid var(--ha-card-border-color, var(--divider-color));
      }
      .buttons > * {
        flex: 1 1 100%;
      }
    `,
  ];

  protected override readonly thorough = true;

  protected override content(): unknown {
    const heading = this.heading(this.say("step_diagnose"));
    return this.list(heading) ?? this.missing("step_diagnose", "no_gateway", "add_gateway");
  }
}
