import { nearest, slug } from "../../units/identifier.ts";
import { compare, parseDecimal, rational, toDecimal, ZERO } from "../../units/rational.ts";
import { parseTraffic } from "../../units/traffic.ts";
import { CI_SYSTEMS, FORMATS, PROVIDERS, RELEASES, WINDOWS } from "./choices.ts";
import { INDICATOR_NAMES, indicatorOf } from "./indicators.ts";
import { matchersOf } from "./matchers.ts";

/** What `init` wants to know, each by the name of its option. */
export const KEYS = [
  "service",
  "sli",
  "metric",
  "selector",
  "errors",
  "threshold",
  "target",
  "window",
  "format",
  "release",
  "provider",
  "prometheus",
  "traffic",
  "ci",
  "preCommit",
] as const;

export type Key = (typeof KEYS)[number];

/** Valid, each in the one form in which it is written into files. */
export type Answers = Readonly<Partial<Record<Key, string>>>;

/** What the folder tells before anything is asked. */
export interface Hints {
  readonly folderName: string;
  readonly ci: "github" | "gitlab" | "none";
  readonly usesGit: boolean;
}

export type Read = { readonly value: string } | { readonly problem: string };

export interface Question {
  /** Without its default, which is shown after it. */
  readonly text: string | ((answers: Answers) => string);
  /** Said in the help, and where the answer is missing. */
  readonly example: string;
  readonly choices?: readonly string[];
  /** Whether it matters after the answers before it; by default always. */
  readonly applies?: (answers: Answers) => boolean;
  /** Taken as it is unless the option says otherwise: too rarely another one to ask everybody. */
  readonly unasked?: true;
  /** The empty text where leaving it open is an answer. */
  readonly standard: (answers: Answers, hints: Hints) => string;
  readonly read: (text: string, answers: Answers) => Read;
}

const choice = (choices: readonly string[]): Required<Pick<Question, "choices" | "read">> => ({
  choices,
  read: (text) => {
    const wanted = text.toLowerCase();
    const found = choices.find((each) => each === wanted);
    if (found !== undefined) return { value: found };
    const slip = nearest(text, choices);
    return {
      problem: slip === undefined ? `choose one of ${choices.join(", ")}` : `did you mean \`${slip}\`? There are ${choices.join(", ")}`,
    };
  },
});

const matchers = (text: string): Read => {
  const found = matchersOf(text);
  return found === undefined ? { problem: 'label matchers are wanted, such as `job="checkout"`' } : { value: found };
};

const isGated = ({ release }: Answers): boolean => release !== undefined && release !== "none";

/** In the order in which they are asked; a question may look at the answers before it. */
export const QUESTIONS: Readonly<Record<Key, Question>> = {
  service: {
    text: "What is the service called?",
    example: "checkout",
    standard: (_, { folderName }) => (isService(slug(folderName)) ? slug(folderName) : "my-service"),
    read: readService,
  },
  sli: {
    text: "What do its users notice?",
    example: "availability",
    standard: () => "availability",
    ...choice(INDICATOR_NAMES),
  },
  metric: {
    text: (answers) =>
      answers.sli === "latency"
        ? "Which histogram measures how long they take?"
        : `Which metric counts the ${indicatorOf(answers).events}?`,
    example: "http_requests_total",
    standard: (answers) => indicatorOf(answers).metric,
    read: (text, { sli }) =>
      /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(text)
        ? { value: sli === "latency" ? text.replace(/_(bucket|count|sum)$/, "") : text }
        : { problem: "the bare name of a metric is wanted: letters, digits and underscores, with the labels in the next answer" },
  },
  selector: {
    text: "Which labels select this service's series?",
    example: 'job="checkout"',
    standard: ({ service = "" }) => `job="${service}"`,
    read: matchers,
  },
  errors: {
    text: "Which labels mark the bad ones?",
    example: 'code=~"5.."',
    applies: (answers) => indicatorOf(answers).errors !== undefined,
    unasked: true,
    standard: (answers) => indicatorOf(answers).errors ?? "",
    read: matchers,
  },
  threshold: {
    text: "How fast is fast enough? (an upper bound of one of the histogram's buckets)",
    example: "300ms",
    applies: ({ sli }) => sli === "latency",
    standard: () => "300ms",
    read: (text) => (/^[1-9]\d{0,6}(ms|s)$/.test(text) ? { value: text } : { problem: "a time is wanted, such as `300ms` or `2s`" }),
  },
  target: {
    text: "How many of them should be good, in percent?",
    example: "99.9",
    standard: ({ sli }) => (sli === "latency" ? "99" : "99.9"),
    read: readTarget,
  },
  window: {
    text: "Over how long is that counted?",
    example: "30d",
    standard: () => "30d",
    ...choice(WINDOWS),
  },
  format: {
    text: "In which format do you want to write SLOs?",
    example: "openslo",
    standard: () => "openslo",
    ...choice(FORMATS),
  },
  release: {
    text: "Which controller rolls releases out, and should look at the SLO?",
    example: "argo-rollouts",
    standard: () => "none",
    choices: RELEASES,
    read: (text, answers) =>
      text === "flagger" && answers.sli === "queue"
        ? { problem: "Flagger divides requests, and a queue has none to divide: choose argo-rollouts or none" }
        : choice(RELEASES).read(text, answers),
  },
  provider: {
    text: "Which mesh or ingress divides the traffic for Flagger?",
    example: "istio",
    applies: ({ release }) => release === "flagger",
    standard: () => "istio",
    ...choice(PROVIDERS),
  },
  prometheus: {
    text: "Where does that controller reach Prometheus?",
    example: "http://prometheus.monitoring:9090",
    applies: isGated,
    standard: () => "http://prometheus.monitoring:9090",
    read: (text) =>
      /^https?:\/\/[^\s/?#"'@]+(\/[^\s?#"']*)?$/.test(text)
        ? { value: text }
        : { problem: "a URL without credentials is wanted, such as `http://prometheus.monitoring:9090`" },
  },
  traffic: {
    text: "How many requests does it get at a quiet hour? (may stay open)",
    example: "600rpm",
    standard: () => "",
    read: (text) => {
      const rate = /^\d+(\.\d+)?$/.test(text) ? `${text}rpm` : text;
      return rate === "" || parseTraffic(rate) !== undefined
        ? { value: rate }
        : { problem: "requests a minute or a second are wanted, such as `600rpm` or `10rps`" };
    },
  },
  ci: {
    text: "Which CI should check it?",
    example: "github",
    standard: (_, { ci }) => ci,
    ...choice(CI_SYSTEMS),
  },
  preCommit: {
    text: "A pre-commit hook as well?",
    example: "yes",
    standard: (_, { usesGit }) => (usesGit ? "yes" : "no"),
    choices: ["yes", "no"],
    read: (text) => {
      const word = text.toLowerCase();
      return ["y", "yes"].includes(word) ? { value: "yes" } : ["n", "no"].includes(word) ? { value: "no" } : { problem: "yes or no?" };
    },
  },
};

/** Words that YAML 1.1 takes for something else than a text. */
const RESERVED = /^(y|n|yes|no|on|off|true|false|null)$/;

function isService(text: string): boolean {
  return /^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/.test(text) && !RESERVED.test(text);
}

function readService(text: string): Read {
  if (isService(text)) return { value: text };
  const wanted = "wanted are at most 40 lower-case letters, digits and inner dashes, a letter first, and no word such as `on` or `null`";
  const offer = slug(text);
  return { problem: isService(offer) ? `${wanted}; \`${offer}\` would do` : wanted };
}

function readTarget(text: string): Read {
  const percent = text.replace(/\s*%$/, "");
  const value = /^\d{1,2}(\.\d{1,6})?$/.test(percent) ? parseDecimal(percent) : undefined;
  if (value === undefined || compare(value, ZERO) <= 0) return { problem: "a percentage above 0 and below 100 is wanted, such as `99.9`" };
  // A ratio by mistake: it would promise less than one in a hundred.
  if (compare(value, rational(1)) < 0) return { problem: `\`${text}\` is meant in percent: write \`99.9\` for 0.999` };
  return { value: toDecimal(value) };
}
