/** What `init` offers, in the order in which it is shown. Here and not with the questions, since the help shows it too. */
export const WINDOWS: readonly string[] = ["7d", "28d", "30d", "90d"];
export const FORMATS: readonly string[] = ["openslo", "sloth"];
export const RELEASES: readonly string[] = ["argo-rollouts", "flagger", "none"];
export const CI_SYSTEMS: readonly string[] = ["github", "gitlab", "none"];

/** Those that divide traffic by weight, by Flagger's names for them. */
export const PROVIDERS: readonly string[] = [
  "istio",
  "linkerd",
  "nginx",
  "gatewayapi:v1",
  "traefik",
  "contour",
  "apisix",
  "gloo",
  "kuma",
  "skipper",
];
