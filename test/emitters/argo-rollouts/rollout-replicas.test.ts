import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { podsAtWeight, replicasFor, surgePods } from "../../../src/emitters/argo-rollouts/rollout/replicas.ts";

/** [replicas, weight, maxSurge, canary, stable], printed by approximateWeightedCanaryStableReplicaCounts of Argo Rollouts v1.8.3. */
const ARGO: readonly (readonly [number, number, number, number, number])[] = [
  [10, 5, 3, 1, 10],
  [10, 5, 0, 1, 9],
  [1, 5, 1, 1, 1],
  [1, 5, 0, 0, 1],
  [1, 50, 0, 1, 0],
  [2, 5, 1, 1, 2],
  [2, 50, 0, 1, 1],
  [3, 50, 1, 2, 2],
  [3, 50, 0, 2, 1],
  [4, 5, 1, 1, 4],
  [4, 20, 1, 1, 4],
  [5, 20, 2, 1, 4],
  [10, 25, 3, 3, 8],
  [10, 25, 0, 3, 7],
  [10, 33, 3, 3, 7],
  [20, 5, 1, 1, 19],
  [7, 99, 2, 7, 1],
  [0, 50, 1, 0, 0],
  [10, 100, 3, 10, 0],
];

test("a weight gives as many pods as Argo's own formula", () => {
  for (const [replicas, weight, maxSurge, canary, stable] of ARGO)
    assert.deepEqual(podsAtWeight(replicas, weight, maxSurge), { canary, stable }, `${replicas} pods at ${weight} %, surge ${maxSurge}`);
});

test("so do all weights of 0 to 60 pods with a surge of up to 2", () => {
  const hash = createHash("sha256");
  for (let replicas = 0; replicas <= 60; replicas++)
    for (let weight = 0; weight <= 100; weight++)
      for (let maxSurge = 0; maxSurge <= 2; maxSurge++) {
        const { canary, stable } = podsAtWeight(replicas, weight, maxSurge);
        hash.update(`${replicas} ${weight} ${maxSurge} ${canary} ${stable}\n`);
      }
  // The same 18,483 lines, printed by a Go program around Argo's function.
  assert.equal(hash.digest("hex"), "f68eaf7b9e401037977feb6a8fa17a9287270444dc9803df999373e2610ebcfd");
});

test("a surge is a number of pods, or a share of them rounded up", () => {
  const rows: readonly (readonly [string | number | undefined, number, number | undefined])[] = [
    [undefined, 10, 3],
    ["25%", 10, 3],
    ["25", 10, 3],
    [1, 10, 1],
    [0, 10, 0],
    ["0%", 10, 0],
    ["100%", 7, 7],
    ["some", 10, undefined],
  ];
  for (const [given, replicas, want] of rows) assert.equal(surgePods(given, replicas), want, String(given));
});

const none = (): number => 0;

test("the number of pods that is advised makes every weight exact to a percent point", () => {
  assert.equal(replicasFor([50], 100, none), 2);
  assert.equal(replicasFor([5, 20, 50], 100, none), 20);
  assert.equal(
    replicasFor([5, 20, 50], 100, () => 1),
    19,
  );
  assert.equal(replicasFor([1], 30, none), undefined);
});
