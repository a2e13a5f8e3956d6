/** The Prometheus release that brought what the rules use, with the source of the fact. */
const SINCE = {
  /** https://github.com/prometheus/prometheus/blob/main/CHANGELOG.md#2420--2023-01-31 */
  keep_firing_for: "2.42",
} as const;

export function supports(feature: keyof typeof SINCE, version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [sinceMajor = 0, sinceMinor = 0] = SINCE[feature].split(".").map(Number);
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
}
