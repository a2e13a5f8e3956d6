/** The releases of Argo Rollouts that slogen writes for. */
export const VERSIONS = ["1.7", "1.8", "1.9", "1.10"] as const;
export type Version = (typeof VERSIONS)[number];

export const DEFAULT_VERSION: Version = "1.8";

/** The first release of what slogen may write, with the place where the fact can be checked. */
interface Capability {
  readonly since: string;
  readonly source: string;
}

const api = (tag: string): string => `https://github.com/argoproj/argo-rollouts/blob/${tag}/pkg/apis/rollouts/v1alpha1/analysis_types.go`;

/** Everything since 1.7 or earlier is written without a question; the rows are here so that a newer field gets one. */
export const CAPABILITIES = {
  /** Dry runs and retention rules of templates. */
  dryRun: { since: "1.2", source: api("v1.2.0") },
  measurementRetention: { since: "1.2", source: api("v1.2.0") },
  /** Of the Prometheus provider: `headers`, `timeout`, `insecure`, `authentication.sigv4`. */
  providerSettings: { since: "1.6", source: api("v1.6.0") },
  oauth2: { since: "1.7", source: api("v1.7.0") },
  /** A run that waits for N good looks in a row: how a step is held without a pause. */
  consecutiveSuccessLimit: { since: "1.8", source: api("v1.8.0") },
  /** A request without data gives nil and not 0, and `secretRef` names the Secret. */
  datadogNil: { since: "1.8", source: "https://github.com/argoproj/argo-rollouts/blob/v1.8.0/metricproviders/datadog/datadogV2.go" },
  /** `requestTimeout` of the Datadog provider. */
  datadogTimeout: { since: "1.10", source: api("v1.10.0-rc1") },
  /** `failureLimit: -1`, so that looks that are not good yet do not fail the run. */
  unlimitedFailures: { since: "1.8", source: "https://github.com/argoproj/argo-rollouts/blob/v1.8.0/utils/analysis/factory.go" },
} as const satisfies Readonly<Record<string, Capability>>;

/** What is broken in some releases and concerns a gate; what slogen does about it. */
export const KNOWN_BUGS = [
  {
    source: "https://github.com/argoproj/argo-rollouts/pull/3873",
    fixedIn: "1.8.2",
    what: "an Inconclusive background run during a pause step is started anew again and again, and the release is promoted",
    here: "no background metric can end Inconclusive: each has one condition only, or is a dry run",
  },
  {
    source: "https://github.com/argoproj/argo-rollouts/issues/3243",
    fixedIn: undefined,
    what: "a `count` that comes from an argument is judged before the argument has its value, and the Rollout is refused",
    here: "counts are literal",
  },
  {
    source: "https://github.com/argoproj/argo-rollouts/issues/1832",
    fixedIn: undefined,
    what: "two rules of `dryRun` or `measurementRetention` with the same text, in any template or step of one Rollout, are refused",
    here: "each template's rules name its own kinds of metrics, and a Rollout gets none",
  },
  {
    source: "https://github.com/argoproj/argo-rollouts/issues/1851",
    fixedIn: undefined,
    what: "one argument with two defaults in templates that run together is refused, whatever the Rollout passes",
    here: "arguments have no defaults",
  },
  {
    source: "https://github.com/argoproj/argo-rollouts/issues/2374",
    fixedIn: undefined,
    what: "two metrics of one name in a template take down the controller's own metrics, and with them its readiness",
    here: "the error `argo-rollouts/duplicate-metric`",
  },
  {
    source: "https://github.com/argoproj/argo-rollouts/issues/4261",
    fixedIn: undefined,
    what: "while a release is paused as Inconclusive, no ReplicaSet is scaled and a failed background run is not acted on",
    here: "a held step is no Inconclusive one, but for `onTimeout: pause` and version 1.7, which a warning says",
  },
] as const;

export function supports(feature: keyof typeof CAPABILITIES, version: Version): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [sinceMajor = 0, sinceMinor = 0] = CAPABILITIES[feature].since.split(".").map(Number);
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
}
