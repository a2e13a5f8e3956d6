import type { DeployGate } from "../../model/policy.ts";
import type { Json } from "../../yaml/json.ts";
import { secretVariable } from "./names.ts";

/**
 * A composite action, which runs the script beside it. Inputs reach it as environment variables, never as text of a script:
 * https://docs.github.com/en/actions/reference/security/secure-use#use-an-intermediate-environment-variable
 */
export function githubAction(gate: DeployGate): Json {
  const input = (description: string): Json => ({ description, required: false, default: "" });
  return {
    name: `SLO gate ${titleOf(gate)}`,
    description: "Whether the SLOs allow a deploy now. It fails where they do not, and where there is no sound answer.",
    inputs: {
      "prometheus-url": input("Where to ask; empty for the source's own address."),
      token: input("The secret by which the source knows this runner; empty for none."),
      hotfix: input("Why this must go out whatever the SLOs say; empty to be judged."),
    },
    outputs: {
      verdict: { description: "One of go, observed, bypassed, blocked, unsound.", value: "${{ steps.gate.outputs.verdict }}" },
    },
    runs: {
      using: "composite",
      steps: [
        {
          id: "gate",
          shell: "sh",
          env: {
            PROMETHEUS_URL: "${{ inputs.prometheus-url }}",
            [secretVariable(gate) ?? "PROMETHEUS_TOKEN"]: "${{ inputs.token }}",
            SLOGEN_HOTFIX: "${{ inputs.hotfix }}",
          },
          run: 'sh "$GITHUB_ACTION_PATH/gate.sh"',
        },
      ],
    },
  };
}

/** A workflow to copy once: the job `slo-gate`, and one that needs it. `action` is the folder of the action in the repository. */
export function githubWorkflow(gate: DeployGate, action: string): Json {
  const secret = secretVariable(gate) ?? "PROMETHEUS_TOKEN";
  return {
    name: `Deploy ${titleOf(gate)}`,
    on: {
      push: { branches: ["main"] },
      workflow_dispatch: {
        inputs: {
          hotfix: {
            description: "Why this must go out whatever the SLOs say, such as INC-123: checkout is down. It stays in the run's summary.",
            type: "string",
            required: false,
            default: "",
          },
        },
      },
    },
    permissions: { contents: "read" },
    jobs: {
      "slo-gate": {
        "runs-on": "ubuntu-latest",
        "timeout-minutes": 10,
        outputs: { verdict: "${{ steps.gate.outputs.verdict }}" },
        steps: [
          { uses: "actions/checkout@v6" },
          {
            id: "gate",
            uses: action,
            with: {
              "prometheus-url": "${{ vars.PROMETHEUS_URL }}",
              token: `\${{ secrets.${secret} }}`,
              hotfix: "${{ inputs.hotfix }}",
            },
          },
        ],
      },
      deploy: {
        needs: "slo-gate",
        "runs-on": "ubuntu-latest",
        steps: [{ uses: "actions/checkout@v6" }, { name: "Deploy", run: 'echo "your deploy goes here"' }],
      },
    },
  };
}

function titleOf({ name, environment }: DeployGate): string {
  return environment === undefined ? name : `${name} to ${environment}`;
}
