import type { Environment } from "../config/config.ts";

/**
 * The environment that a generated file is for: in gates, it stands below the target and above the policy's or the shared folder.
 * Rules, which are for all environments, lie less deep.
 */
export function environmentOf(path: string, environments: readonly Pick<Environment, "name">[]): string | undefined {
  const [, second, ...rest] = path.split("/");
  return rest.length >= 2 ? environments.find(({ name }) => name === second)?.name : undefined;
}
