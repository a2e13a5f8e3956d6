import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  add,
  compare,
  divide,
  fromNumber,
  multiply,
  parseDecimal,
  rational,
  roundTo,
  subtract,
  toDecimal,
  toFigure,
  toNumber,
  type Rational,
} from "../../src/units/rational.ts";

function exact(text: string): Rational {
  const value = parseDecimal(text);
  assert.ok(value, text);
  return value;
}

test("decimal texts are read exactly and printed without a float tail", () => {
  const rows: readonly (readonly [string, string])[] = [
    ["99.9", "99.9"],
    ["0.1", "0.1"],
    ["1e-3", "0.001"],
    ["+5", "5"],
    ["-0.50", "-0.5"],
    [".5", "0.5"],
    ["5.", "5"],
    ["1e21", "1000000000000000000000"],
    ["0.000000000001", "0.000000000001"],
  ];
  for (const [given, want] of rows) assert.equal(toDecimal(exact(given)), want, given);
});

test("what is no decimal literal is refused", () => {
  for (const text of ["", ".", "abc", "1e", "0x1f", "1_000", "NaN", "Infinity", "1 ", "1e99999"])
    assert.equal(parseDecimal(text), undefined, text);
});

test("the budget of a target is exact where doubles are not", () => {
  for (const [target, budget] of [
    ["99.9", "0.001"],
    ["99.99", "0.0001"],
    ["99.995", "0.00005"],
    ["97.3", "0.027"],
    ["33.3", "0.667"],
  ] as const) {
    assert.equal(toDecimal(subtract(rational(1), divide(exact(target), rational(100)))), budget, target);
  }
});

test("a fraction without an end prints as the shortest decimal of its nearest double", () => {
  assert.equal(toDecimal(rational(14, 15)), "0.9333333333333333");
  assert.equal(toDecimal(rational(1, 3_000_000)), "0.00000033333333333333335");
  assert.equal(toDecimal(rational(-2, 3)), "-0.6666666666666666");
});

test("every double comes back from its rational", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 }), (x) => {
      assert.equal(toNumber(fromNumber(x)), x === 0 ? 0 : x);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test("the nearest double of a quotient is the one that division gives", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 40 }), fc.integer({ min: 1, max: 2 ** 40 }), (n, d) => {
      assert.equal(toNumber(rational(n, d)), n / d);
    }),
    { seed: 2, numRuns: 5000 },
  );
});

test("arithmetic keeps its laws", () => {
  const any = fc.tuple(fc.integer(), fc.integer({ min: 1 })).map(([n, d]) => rational(n, d));
  fc.assert(
    fc.property(any, any, (a, b) => {
      assert.equal(compare(subtract(add(a, b), b), a), 0);
      assert.equal(compare(multiply(a, b), multiply(b, a)), 0);
      assert.equal(compare(a, b), -compare(b, a) + 0);
    }),
    { seed: 3, numRuns: 500 },
  );
});

test("figures in sentences are short", () => {
  for (const [value, want] of [
    [rational(144, 10), "14.4"],
    [rational(100, 99), "1.01"],
    [rational(14, 15), "0.9333"],
    [rational(1000), "1000"],
    [rational(1, 30_000), "0.00003333"],
    [rational(123_456_789), "123500000"],
  ] as const) {
    assert.equal(toFigure(value), want);
  }
});

test("rounding goes to the next decimal of so many places, and leaves one alone", () => {
  const table = [
    ["0.999925", 5, "up", "0.99993"],
    ["0.999925", 5, "down", "0.99992"],
    ["0.9995", 5, "up", "0.9995"],
    ["-0.15", 1, "up", "-0.1"],
    ["-0.15", 1, "down", "-0.2"],
    ["1.01", 0, "up", "2"],
    ["3", 0, "down", "3"],
  ] as const;
  for (const [text, places, direction, wanted] of table) {
    assert.equal(toDecimal(roundTo(parseDecimal(text) ?? assert.fail(text), places, direction)), wanted, `${text} ${direction}`);
  }
  assert.equal(toDecimal(roundTo(rational(36, 7), 3, "down")), "5.142");
  assert.equal(toDecimal(roundTo(rational(36, 7), 3, "up")), "5.143");
});
