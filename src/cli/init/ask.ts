import type { Conversation } from "../io.ts";
import { KEYS, QUESTIONS, type Answers, type Hints, type Key } from "./questions.ts";

/** What the command line says already; also answers that need no question here. */
export type Given = Readonly<Partial<Record<Key, string>>>;

export type Answered =
  | { readonly kind: "answers"; readonly answers: Answers }
  | { readonly kind: "problems"; readonly problems: readonly string[] }
  | { readonly kind: "missing"; readonly missing: readonly Key[]; readonly defaults: Answers }
  /** The person left. */
  | { readonly kind: "stopped" };

/** Goes through the questions in order: each is answered by its option, else by the person, else by its default. */
export async function answerAll(given: Given, hints: Hints, takesDefaults: boolean, conversation?: Conversation): Promise<Answered> {
  const early = problemsIn(given);
  if (early.length > 0) return { kind: "problems", problems: early };

  const problems: string[] = [];
  const missing: Key[] = [];
  let answers: Answers = {};
  for (const key of KEYS) {
    const question = QUESTIONS[key];
    const flag = given[key];
    if (question.applies?.(answers) === false) {
      if (flag !== undefined) problems.push(`\`${optionOf(key)}\` has no meaning beside the other answers`);
      continue;
    }
    const standard = question.standard(answers, hints);
    let said: string | undefined = standard;
    if (flag !== undefined) {
      const read = question.read(flag, answers);
      if ("problem" in read) problems.push(complaint(key, flag, read.problem));
      else said = read.value;
    } else if (!takesDefaults && question.unasked !== true) {
      if (conversation !== undefined) said = await ask(key, standard, answers, conversation);
      // What may stay open stays open where nobody is asked.
      else if (standard !== "") missing.push(key);
    }
    if (said === undefined) return { kind: "stopped" };
    answers = { ...answers, [key]: said };
  }
  if (problems.length > 0) return { kind: "problems", problems };
  return missing.length > 0 ? { kind: "missing", missing, defaults: answers } : { kind: "answers", answers };
}

/** What is wrong with options whatever the other answers are, before a person has answered a dozen questions. */
function problemsIn(given: Given): readonly string[] {
  return KEYS.flatMap((key) => {
    const flag = given[key];
    const read = flag === undefined ? undefined : QUESTIONS[key].read(flag, given);
    return flag !== undefined && read !== undefined && "problem" in read ? [complaint(key, flag, read.problem)] : [];
  });
}

/** Asks until the answer will do; undefined when the person leaves. */
async function ask(key: Key, standard: string, answers: Answers, { ask, say }: Conversation): Promise<string | undefined> {
  const { text, choices = [], read } = QUESTIONS[key];
  const words = typeof text === "string" ? text : text(answers);
  const offer = choices.length === 0 ? "" : ` (${choices.join(", ")})`;
  for (;;) {
    const line = await ask(`${words}${offer}${standard === "" ? "" : ` [${standard}]`} `);
    if (line === undefined) return undefined;
    const said = line.trim();
    const result = said === "" ? { value: standard } : read(said, answers);
    if ("value" in result) return result.value;
    say(`  ${result.problem}\n`);
  }
}

function complaint(key: Key, value: string, problem: string): string {
  return key === "preCommit" ? problem : `\`${optionOf(key)} ${value}\`: ${problem}`;
}

/** The option that answers a question. */
export function optionOf(key: Key): string {
  return key === "preCommit" ? "--pre-commit" : `--${key}`;
}
