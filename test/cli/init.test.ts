import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import picomatch from "picomatch";
import prettier from "prettier";
import { PROVIDERS } from "../../src/cli/init/choices.ts";
import { compile } from "../../src/index.ts";
import { codesIn, folder, type Folder } from "./support.ts";

const SLIS = ["availability", "latency", "grpc", "queue"];
const FORMATS = ["openslo", "sloth"];
const RELEASES = ["none", "argo-rollouts", "flagger"];
const CIS = ["none", "github", "gitlab"];

/** What `init` left behind but for the schemas, which are another's to test. */
function written({ files }: Folder): readonly string[] {
  return Object.keys(files("."))
    .filter((path) => !path.startsWith(".slogen/") && !path.startsWith(".git/"))
    .sort();
}

for (const sli of SLIS) {
  for (const format of FORMATS) {
    for (const release of RELEASES) {
      if (sli === "queue" && release === "flagger") continue;
      test(`what init writes for ${sli} in ${format} with ${release} builds, and passes prettier`, async (t) => {
        for (const ci of CIS) {
          const project = folder(t, { ".git/HEAD": "ref: refs/heads/main\n" });
          const line = `init --yes --service checkout --sli ${sli} --format ${format} --release ${release} --ci ${ci} --traffic 600rpm`;
          const first = await project.slogen(line);
          assert.deepEqual({ code: first.code, out: first.out }, { code: 0, out: "" }, first.err);
          for (const command of ["build", "validate", "build --check"]) {
            const { code, err } = await project.slogen(command, { compile });
            assert.equal(code, 0, err);
            assert.doesNotMatch(err, /^(error|warning)/m);
          }
          const explained = await project.slogen(/^ {2}slogen (explain .*)$/m.exec(first.err)?.[1] ?? "explain", { compile });
          assert.equal(explained.code, 0, explained.err);
          for (const path of written(project)) {
            const { inferredParser } = await prettier.getFileInfo(path);
            if (inferredParser !== null && !path.startsWith("generated/"))
              assert.ok(await prettier.check(project.read(path), { filepath: path }), `${line}: ${path}`);
          }
          for (const path of ["spec", "config"]) {
            const file = `.slogen/schema/${path}.json`;
            assert.ok(await prettier.check(project.read(file), { filepath: file }), file);
          }
        }
      });
    }
  }
}

test("with every provider of Flagger a first build finds nothing to warn of", async (t) => {
  for (const provider of PROVIDERS) {
    const project = folder(t);
    await project.slogen(`init --yes --service shop --release flagger --provider ${provider} --traffic 600rpm`);
    const { code, err } = await project.slogen("build", { compile });
    assert.equal(code, 0, err);
    assert.doesNotMatch(err, /^warning/m, provider);
    const canary = 'pod=~"shop-[0-9a-z]+-[0-9a-z]{5}"';
    assert.ok(project.read("generated/flagger/shop/metric-templates.yaml").includes(canary), provider);
  }
});

test("what init writes is what its answers say", async (t) => {
  const project = folder(t, { ".git/HEAD": "" });
  await project.slogen("init --yes --service search --sli latency --threshold 400ms --target 99.50% --window 28d --pre-commit --ci github");
  assert.deepEqual(written(project), [
    ".gitattributes",
    ".github/workflows/slogen.yaml",
    ".pre-commit-config.yaml",
    "slo/search.yaml",
    "slogen.yaml",
  ]);
  const spec = project.read("slo/search.yaml");
  for (const words of ["below: 400ms", "targetPercent: 99.5\n", "duration: 28d", "0.5 % of all requests", '`le="0.4"`'])
    assert.ok(spec.includes(words), words);
});

test("a whole number of seconds is found in the bucket of any client, and Sloth's period is in the configuration", async (t) => {
  const project = folder(t);
  await project.slogen("init --yes --service search --sli latency --threshold 2s --format sloth --window 28d");
  assert.ok(project.read("slo/search.yaml").includes('http_request_duration_seconds_bucket{job="search",le=~"2(\\\\.0)?"}'));
  assert.ok(project.read("slogen.yaml").includes("defaultPeriod: 28d"));
  const { err } = await project.slogen("build", { compile });
  assert.match(err, /last 4w/);
});

test("an answer that would make a wrong file is refused with the reason", async (t) => {
  const rows: readonly (readonly [options: string, complaint: RegExp])[] = [
    ["--service Checkout", /`checkout` would do/],
    ["--service on", /no word such as `on`/],
    ["--service a:b", /lower-case letters/],
    ["--metric http-requests", /bare name of a metric/],
    ['--selector job="a"}[5m]', /label matchers/],
    ['--selector job="a"}#', /label matchers/],
    ["--selector job", /label matchers/],
    ['--selector job="{{.window}}",', /label matchers/],
    ["--target 0.999", /in percent/],
    ["--target 100", /below 100/],
    ["--target 1e1", /below 100/],
    ["--sli latency --threshold 0.3", /a time is wanted/],
    ["--sli queue --release flagger", /a queue has none/],
    ["--release argo-rollouts --prometheus prometheus:9090", /a URL/],
    ["--release argo-rollouts --prometheus http://me:secret@prometheus", /without credentials/],
    ["--traffic lots", /600rpm/],
    ["--traffic 0rpm", /600rpm/],
    ["--threshold 300ms", /`--threshold` has no meaning/],
    ["--prometheus http://prometheus:9090", /`--prometheus` has no meaning/],
    ["--ci jenkins", /Allowed choices are github, gitlab, none/],
  ];
  for (const [options, complaint] of rows) {
    const project = folder(t);
    const { code, err } = await project.slogen(`init --yes ${options}`);
    assert.equal(code, 2, options);
    assert.match(err, complaint);
    assert.deepEqual(written(project), [], options);
  }
});

test("labels with hostile values stay what they are", async (t) => {
  for (const value of ["a: b", "a #b", "it's", "-x", "*", "%", "@"]) {
    const project = folder(t);
    const asked = ["--yes", "--service", "shop", "--selector", `job="${value}"`];
    // The line is split at blanks, so the answers go in by hand.
    const { code, err } = await project.slogen("init", { args: ["init", ...asked] });
    assert.equal(code, 0, err);
    assert.equal((await project.slogen("build", { compile })).code, 0, value);
    assert.ok(JSON.stringify(project.files("generated")).includes(JSON.stringify(JSON.stringify(value)).slice(1, -1).slice(2, -2)), value);
  }
});

test("a person is asked, told what is wrong with an answer, and asked again", async (t) => {
  const project = folder(t, { ".git/HEAD": "" });
  const answers = ["Shop Front", "shop-front", "latency", "", "", "0.2", "250ms", "", "", "", "", "", "github", "y"];
  const { code, err } = await project.slogen("init", { answers });
  assert.equal(code, 0, err);
  assert.match(err, /`shop-front` would do/);
  assert.match(err, /a time is wanted/);
  assert.match(err, /How many of them should be good, in percent\? \[99\] /);
  assert.ok(project.read("slo/shop-front.yaml").includes("below: 250ms"));
  assert.ok(written(project).includes(".pre-commit-config.yaml"));
});

test("who leaves in the middle leaves nothing behind", async (t) => {
  for (const count of [0, 1, 5]) {
    const project = folder(t);
    const { code, err } = await project.slogen("init", { answers: Array.from({ length: count }, () => "") });
    assert.equal(code, 2);
    assert.match(err, /stopped; nothing has been written/);
    assert.deepEqual(written(project), []);
  }
});

test("without a terminal it says what is missing instead of waiting", async (t) => {
  const project = folder(t);
  const { code, err } = await project.slogen("init --service shop --sli grpc --target 99.9 --window 30d");
  assert.equal(code, 2);
  assert.match(err, /no terminal to ask at.*`--yes`/);
  const missing = [...err.matchAll(/^ {2}(--\S+)/gm)].map(([, option]) => option);
  assert.deepEqual(missing, ["--metric", "--selector", "--format", "--release", "--ci", "--no-pre-commit"]);
  assert.deepEqual(written(project), []);
});

test("a file that is there is left, and what it should hold is told", async (t) => {
  const project = folder(t, {
    ".git/HEAD": "",
    ".pre-commit-config.yaml": "repos: []\n",
    ".gitattributes": "* text\n",
    ".gitlab-ci.yml": "stages: [test]\n",
  });
  const { code, err } = await project.slogen("init --yes --service shop");
  assert.equal(code, 0);
  assert.match(err, /\.pre-commit-config\.yaml is there already.*add the hook under its `repos`:\n\n {2}repos:\n {4}- repo: local/);
  assert.match(err, /\.gitattributes is there already.*:\n\n {2}generated\/\*\* linguist-generated/);
  assert.match(err, /\.gitlab-ci\.yml is there already.*:\n\n {2}include:\n {4}- local: \.gitlab\/slogen\.gitlab-ci\.yml/);
  assert.equal(project.read(".pre-commit-config.yaml"), "repos: []\n");
  assert.equal(project.read(".gitattributes"), "* text\n");
  assert.equal(project.read(".gitlab-ci.yml"), "stages: [test]\n");
});

test("in a project that is there it asks for the name of a service to add", async (t) => {
  const project = folder(t);
  await project.slogen("init --yes --service shop");
  const before = project.files(".");
  const refused = await project.slogen("init --yes");
  assert.equal(refused.code, 2);
  assert.match(refused.err, /slogen init --service search/);
  const same = await project.slogen("init --yes --service shop");
  assert.equal(same.code, 2);
  assert.match(same.err, /slo\/shop\.yaml` is there already/);

  const added = await project.slogen("init --yes --service search --release argo-rollouts --window 28d --format sloth");
  assert.equal(added.code, 0);
  assert.match(added.err, /`specs` do not find `policy\/search\.yaml`/);
  assert.match(added.err, /`targets` lack `argo-rollouts`/);
  assert.match(added.err, /`prometheus\.defaultPeriod`, which must be `28d`/);
  const { "slo/search.yaml": spec, "policy/search.yaml": policy, ...rest } = project.files(".");
  assert.ok(spec !== undefined && policy !== undefined);
  assert.deepEqual(rest, before);

  const asked = await project.slogen("init --yes --service mail --ci github --pre-commit");
  assert.match(asked.err, /wrote \.pre-commit-config\.yaml\nwrote \.github\/workflows\/slogen\.yaml\n/);
  const workflow = project.read(".github/workflows/slogen.yaml");
  const again = await project.slogen("init --yes --service post --ci github");
  assert.match(again.err, /slogen\.yaml is there already and stays as it is; add the step of this job/);
  assert.equal(project.read(".github/workflows/slogen.yaml"), workflow);
});

test("the hook and the jobs look at every file that a build may read or write, such as a Rollout's", async (t) => {
  for (const ci of ["github", "gitlab"]) {
    const project = folder(t, { ".git/HEAD": "" });
    await project.slogen(`init --yes --service shop --ci ${ci} --pre-commit`);
    const wanted = new RegExp(/files: '(.*)'/.exec(project.read(".pre-commit-config.yaml"))?.[1] ?? "none");
    const job = project.read(ci === "github" ? ".github/workflows/slogen.yaml" : ".gitlab/slogen.gitlab-ci.yml");
    const paths = [...job.matchAll(/^ +- "?([^\s"]*\*[^\s"]*)"?$/gm)].map(([, path = ""]) => path);
    for (const file of ["slogen.yaml", "slo/a.yaml", "deploy/rollout.yaml", "words/alert.hbs", "generated/ci-gate/shop/gate.sh"]) {
      assert.match(file, wanted);
      assert.ok(picomatch.isMatch(file, paths), `${file}: ${paths.join(" ")}`);
    }
    assert.doesNotMatch("src/main.ts", wanted);
    assert.ok(!picomatch.isMatch("src/main.ts", paths));
  }
});

test("a configuration that lists projects gets no service of its own", async (t) => {
  const project = folder(t, { "slogen.yaml": "projects: [services/*]\n" });
  const { code, err } = await project.slogen("init --yes --service search");
  assert.equal(code, 2);
  assert.match(err, /slogen init services\/search/);
  assert.deepEqual(written(project), ["slogen.yaml"]);
  assert.equal((await project.slogen("init services/search --yes")).code, 0);
  assert.equal((await project.slogen("build", { compile })).code, 0);
});

test("in a repository of many services, CI and hooks lie at its root and name the project", async (t) => {
  const project = folder(t, { ".git/HEAD": "" });
  const { code, err } = await project.slogen("init services/check.out --yes --service checkout --ci github --pre-commit");
  assert.equal(code, 0, err);
  assert.ok(written(project).includes("services/check.out/slogen.yaml"));
  assert.match(project.read(".pre-commit-config.yaml"), /slogen build --check --config services\/check\.out\/slogen\.yaml\n/);
  assert.match(project.read(".pre-commit-config.yaml"), /files: '\^services\/check\\\.out\/\(generated\/\|/);
  assert.match(project.read(".github/workflows/slogen.yaml"), /- services\/check\.out\/\*\*\/\*\.yaml/);
  assert.match(err, /Next:\n {2}cd services\/check\.out\n {2}slogen build\n/);
  assert.equal((await project.slogen("build --config services/check.out/slogen.yaml", { compile })).code, 0);
});

test("the commands are called as people here call slogen", async (t) => {
  const local = folder(t, { ".git/HEAD": "", "package.json": '{ "devDependencies": { "slogen": "^0.1.0" } }' });
  const { err } = await local.slogen("init --yes --ci github --service shop");
  assert.match(err, /^ {2}npx slogen build$/m);
  assert.match(local.read(".github/workflows/slogen.yaml"), /- run: npm ci\n(.*\n)*.*npx slogen build --check/);
  const byNpx = folder(t, { ".git/HEAD": "" });
  assert.match((await byNpx.slogen("init --yes", { env: { npm_command: "exec" } })).err, /^ {2}npx slogen build$/m);
});

test("the repository's own prettier configuration holds for what is written", async (t) => {
  const project = folder(t, { ".prettierrc.yaml": "singleQuote: true\ntabWidth: 4\n" });
  await project.slogen("init --yes --service shop --release argo-rollouts");
  for (const path of written(project).filter((path) => path.endsWith(".yaml") && !path.startsWith("."))) {
    assert.ok(await prettier.check(project.read(path), { filepath: path, singleQuote: true, tabWidth: 4 }), path);
  }
  const broken = folder(t, { ".prettierrc.yaml": "tabWidth: [\n" });
  const { code, err } = await broken.slogen("init --yes");
  assert.equal(code, 2);
  assert.match(err, /prettier cannot be asked/);
  assert.deepEqual(written(broken), [".prettierrc.yaml"]);
});

test("a file that cannot be written takes the others back", async (t) => {
  const failing = Object.assign(new Error("read-only"), { code: "EROFS", syscall: "open" });
  for (const path of ["slo/shop.yaml", "slogen.yaml", ".slogen/schema/config.json"]) {
    const project = folder(t, { "slo/old.yaml": "mine" });
    const writeFileSync = ((target: fs.PathOrFileDescriptor, text: string, options?: fs.WriteFileOptions) => {
      if (target === join(project.path, path)) throw failing;
      fs.writeFileSync(target, text, options);
    }) as typeof fs.writeFileSync;
    const { code, err } = await project.slogen("init --yes --service shop", { fs: { writeFileSync } });
    assert.equal(code, 2);
    assert.match(err, /cannot be written: the file system is read-only; nothing has been written/);
    assert.ok(err.includes(`\`${path}\``), err);
    assert.deepEqual(project.files("."), { "slo/old.yaml": "mine" });
    assert.deepEqual(fs.readdirSync(project.path), ["slo"]);
  }
});

test("the words of init are no templates that a project may replace", async (t) => {
  const project = folder(t);
  await project.slogen("init --yes --service shop");
  project.write("slogen/templates/init/policy.hbs", "x");
  const { code, err } = await project.slogen("build --set templates=slogen/templates", { compile });
  assert.equal(code, 1);
  assert.deepEqual(codesIn(err).slice(0, 1), ["text/unknown-template"]);
  assert.doesNotMatch(err, /help: .*`init\//);
});
