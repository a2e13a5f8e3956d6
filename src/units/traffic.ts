import { compare, divide, parseDecimal, rational, ZERO, type Rational } from "./rational.ts";

const RATE = /^(\d{1,12}(?:\.\d{1,6})?)(rps|rpm)$/;

/** Requests a second from a rate such as `600rpm` or `10rps`; undefined for anything else and for zero. */
export function parseTraffic(text: string): Rational | undefined {
  const [, amount = "", unit] = RATE.exec(text) ?? [];
  const value = parseDecimal(amount);
  if (value === undefined || compare(value, ZERO) <= 0) return undefined;
  return unit === "rpm" ? divide(value, rational(60)) : value;
}
