import { Option } from "commander";
import { CI_SYSTEMS, FORMATS, PROVIDERS, RELEASES, WINDOWS } from "../init/choices.ts";
import { INDICATOR_NAMES } from "../init/indicators.ts";
import type { Given } from "../init/ask.ts";
import type { Define } from "./context.ts";

interface InitOptions extends Omit<Given, "preCommit"> {
  readonly preCommit?: boolean;
  readonly yes?: true;
  readonly quiet?: true;
}

export const defineInit: Define = (program, { io, finish }) => {
  program
    .command("init")
    .argument("[folder]", "the root of the project", ".")
    .description("Write a first SLO, the configuration, and the hooks that keep it up to date; asks what it needs to know")
    .option("--service <name>", "what the service is called; by default as the folder")
    .addOption(new Option("--sli <kind>", "what its users notice").choices(INDICATOR_NAMES))
    .option("--metric <name>", "the metric that counts it, such as `http_requests_total`")
    .option("--selector <matchers>", 'the labels of this service, such as `job="checkout"`')
    .option("--errors <matchers>", 'the labels of what is bad, such as `code=~"5.."`')
    .option("--threshold <time>", "how fast is fast enough, such as `300ms`; with `--sli latency`")
    .option("--target <percent>", "how many should be good, such as `99.9`")
    .addOption(new Option("--window <days>", "over how long that counts").choices(WINDOWS))
    .addOption(new Option("--format <format>", "how SLOs are written").choices(FORMATS))
    .addOption(new Option("--release <controller>", "who rolls releases out, and should look at the SLO").choices(RELEASES))
    .addOption(new Option("--provider <name>", "the mesh or ingress; with `--release flagger`").choices(PROVIDERS))
    .option("--prometheus <url>", "where the release controller reaches Prometheus")
    .option("--traffic <rate>", "requests at a quiet hour, such as `600rpm`")
    .addOption(new Option("--ci <system>", "who checks changes").choices(CI_SYSTEMS))
    .option("--pre-commit", "write a hook for pre-commit")
    .option("--no-pre-commit", "write none")
    .option("-y, --yes", "ask nothing: take the defaults for what no option says")
    .option("--quiet", "say nothing but what is wrong")
    .addHelpText(
      "after",
      "\nFiles that are there already are never changed.\n\nExamples:\n  slogen init\n  slogen init --yes\n  slogen init services/search --yes --sli latency --threshold 400ms --target 99\n  slogen init --yes --release argo-rollouts --traffic 600rpm --ci github",
    )
    .action(async (folder: string, { preCommit, yes, quiet, ...given }: InitOptions) => {
      const { init } = await import("../commands/init.ts");
      const hook = preCommit === undefined ? {} : { preCommit: preCommit ? "yes" : "no" };
      finish(await init({ folder, given: { ...given, ...hook }, yes: yes === true, quiet: quiet === true }, io));
    });
};
