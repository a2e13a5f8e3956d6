/** What befalls a release, and what a good gate makes of it. Shares are of 1. */
export interface Scenario {
  readonly name: string;
  /** The share of bad requests of each side; with several SLOs the canary is bad in the first alone. */
  readonly canary: number;
  readonly stable: number;
  /** All SLOs have the same share on both sides. */
  readonly blip?: { readonly ratio: number; readonly length: number };
  /** Promoted, or promoted/held/rolled back, on exact counts at 100, 600 and 6,000 requests a minute: what the gate was designed by. */
  readonly designed?: string;
  readonly aims: (requestsPerMinute: number) => readonly Aim[];
}

export interface Aim {
  readonly of: "promoted" | "stopped" | "rolledBack";
  readonly least?: number;
  readonly most?: number;
}

export const HEALTHY = 0.0005;

const promoted = (least: number) => (): readonly Aim[] => [{ of: "promoted", least }];
const blip = (ratio: number, minutes: number): Pick<Scenario, "canary" | "stable" | "blip"> => ({
  canary: HEALTHY,
  stable: HEALTHY,
  blip: { ratio, length: 60 * minutes },
});
const innocent = (): readonly Aim[] => [
  { of: "promoted", least: 0.97 },
  { of: "rolledBack", most: 0.01 },
];

export const SCENARIOS: readonly Scenario[] = [
  { name: "healthy, 0.05 % bad", designed: "100, 100, 100", canary: HEALTHY, stable: HEALTHY, aims: promoted(0.998) },
  { name: "at the budget, 0.1 % on both sides", designed: "99.9 to 100", canary: 0.001, stable: 0.001, aims: promoted(0.995) },
  { name: "0.2 % on both sides", designed: "99.7, 99.9, 100", canary: 0.002, stable: 0.002, aims: promoted(0.99) },
  {
    name: "canary 0.9 %",
    designed: "4.8/80/16, 0/91/9, 0/100/0",
    canary: 0.009,
    stable: HEALTHY,
    aims: (requestsPerMinute) => [{ of: "stopped", least: requestsPerMinute < 600 ? 0.95 : 0.999 }],
  },
  {
    name: "canary 5 %",
    designed: "0/0/100 after 11, 4, 3 minutes",
    canary: 0.05,
    stable: HEALTHY,
    aims: () => [{ of: "rolledBack", least: 0.99 }],
  },
  { name: "shared blip, 5 % for 1 minute", ...blip(0.05, 1), aims: innocent },
  { name: "shared blip, 5 % for 3 minutes", designed: "97, 99.7, 100", ...blip(0.05, 3), aims: innocent },
  { name: "shared blip, 30 % for 2 minutes", ...blip(0.3, 2), aims: innocent },
  { name: "shared outage, 30 % for 20 minutes", designed: "99, 99, 98", ...blip(0.3, 20), aims: () => [{ of: "rolledBack", most: 0.02 }] },
];
