import type { Counts, Look } from "../../src/gate/judge.ts";
import type { LookRequest } from "../../src/gate/run.ts";
import type { Random } from "../../src/gate/random.ts";

const WINDOW = 300;
const STABLE_PODS = 10;
/** The canary has its weight's share of ten pods, so five at 50 %. */
const CANARY_PODS = 5;
const PODS = CANARY_PODS + STABLE_PODS;
const ROUTES = 10;
/** Stable's pods have been counting for a day when the canary starts, and their samples reach this far back. */
const STABLE_AGE = 86_400;
const HISTORY = 2520;
/** The longest release: the plan, and every step held to the end. */
const LONGEST = 9000;
/** In so many releases a container of the canary, and in as many one of stable, starts anew: its counters with it. */
const RESTARTS = 0.1;

/** Routes are used as words are, by Zipf's law. */
const ROUTE_SHARES = Float64Array.from({ length: ROUTES }, (_, route) => 1 / (route + 1)).map(
  (x, _, all) => x / all.reduce((a, b) => a + b),
);

/** What all SLOs have in common at one moment. */
interface Totals {
  readonly at: number;
  recent: number;
  start: number;
  stable: number;
  hasSeries: boolean;
}

export interface Traffic {
  /** Requests a minute, canary and stable together. */
  readonly requestsPerMinute: number;
  readonly scrapeInterval: number;
  /** For each SLO, the share of requests that are bad. */
  readonly canary: readonly number[];
  readonly stable: readonly number[];
  /** A trouble that both sides and all SLOs share, at a chance moment within the plan. */
  readonly blip?: { readonly ratio: number; readonly length: number; readonly latest: number };
}

/**
 * A canary release as Prometheus sees it. Every pod is scraped at its own phase; a series is born with its first event,
 * so that its first value is at least 1, and the series of bad events are many and rare. What the gate's expressions
 * would return is computed from the samples:
 *
 *     recent, start    sum((x unless x offset 5m) or increase(x[5m])), sum(x)
 *     stable           sum(increase(x[5m])) + count(x unless x offset 5m), and the same over `since`; the count for bad events only
 *
 * One object serves many releases, one after the other.
 */
export class ScrapedRelease {
  readonly #traffic: Traffic;
  readonly #random: Random;
  readonly #slos: number;
  readonly #perSecond: number;
  readonly #capacity: number;
  /** The samples of every series; -1 where a series that was born is absent. */
  readonly #samples: Int32Array;
  /** Each series' count at this moment, and the index of its first sample or -1. */
  readonly #count: Int32Array;
  readonly #born: Int32Array;
  /** Each pod's born series of bad events. */
  readonly #bornOf: readonly number[][];
  /** When a pod's first sample is due, how many it has, and up to when it has counted. */
  readonly #phase = new Float64Array(PODS);
  readonly #scrapes = new Int32Array(PODS);
  readonly #until = new Float64Array(PODS);
  readonly #restartAt = new Float64Array(PODS);
  readonly #restartScrape = new Int32Array(PODS);
  /** Steps so far: start, and the share of one pod of each side. */
  #segments: { start: number; canary: number; stable: number }[] = [];
  #canaryPods = 0;
  #step = -1;
  #now = 0;
  #blipStart = Infinity;
  #blipEnd = Infinity;
  #seen: Totals | undefined;

  constructor(traffic: Traffic, random: Random) {
    this.#traffic = traffic;
    this.#random = random;
    this.#slos = traffic.canary.length;
    this.#perSecond = traffic.requestsPerMinute / 60;
    this.#capacity = Math.ceil((HISTORY + LONGEST) / traffic.scrapeInterval) + 2;
    const series = TOTAL_SERIES + this.#slos * PODS * ROUTES;
    this.#samples = new Int32Array(series * this.#capacity);
    this.#count = new Int32Array(series);
    this.#born = new Int32Array(series);
    this.#bornOf = Array.from({ length: PODS }, () => []);
  }

  /** The next release, before its first step. */
  begin(): void {
    const { blip, stable } = this.#traffic;
    const random = this.#random;
    this.#count.fill(0);
    this.#born.fill(-1);
    this.#restartAt.fill(Infinity);
    this.#restartScrape.fill(-1);
    for (const born of this.#bornOf) born.length = 0;
    this.#canaryPods = 0;
    this.#step = -1;
    this.#now = 0;
    this.#seen = undefined;
    this.#segments = [{ start: -HISTORY, canary: 0, stable: 1 / STABLE_PODS }];
    this.#blipStart = blip === undefined ? Infinity : 60 + random.next() * (blip.latest - 60);
    this.#blipEnd = this.#blipStart + (blip?.length ?? 0);
    if (random.next() < RESTARTS) this.#restartAt[0] = random.next() * 2100;
    if (random.next() < RESTARTS) this.#restartAt[CANARY_PODS] = -HISTORY + random.next() * (HISTORY + 2100);
    for (let pod = CANARY_PODS; pod < PODS; pod++) {
      this.#start(pod, -HISTORY);
      this.#add(totalOf(pod, 0), pod, Math.round((this.#perSecond / STABLE_PODS) * STABLE_AGE));
      for (let slo = 0; slo < this.#slos; slo++) {
        const expected = (this.#perSecond / STABLE_PODS) * STABLE_AGE * (stable[slo] ?? 0);
        for (let route = 0; route < ROUTES; route++) {
          const count = random.poisson(expected * (ROUTE_SHARES[route] ?? 0));
          if (count > 0) this.#add(badOf(slo, pod, route), pod, count);
        }
      }
    }
  }

  /** What the gate of SLO `gate` sees. Time only goes forward. */
  look({ at, gate, since, step }: LookRequest): Look {
    // The look that ends a step is its last, so the new weight has held since then.
    if (step.index !== this.#step) this.#setWeight(step.index, step.weight, this.#now);
    this.advance(at);
    const totals = this.#totals(at);
    const bad = { recent: 0, start: 0, stableRecent: 0, stableSince: 0 };
    for (let pod = 0; pod < this.#canaryPods; pod++) {
      for (const series of this.#bornOf[pod] ?? []) {
        if (sloOf(series) !== gate) continue;
        bad.recent += this.#sinceBirth(series, pod, at);
        bad.start += Math.max(0, this.#value(series, pod, at));
      }
    }
    let stableTotal = 0;
    for (let pod = CANARY_PODS; pod < PODS; pod++) {
      stableTotal += this.#increase(totalOf(pod, 0), pod, at, since);
      for (const series of this.#bornOf[pod] ?? []) {
        if (sloOf(series) !== gate) continue;
        bad.stableRecent += this.#stable(series, pod, at, WINDOW);
        bad.stableSince += this.#stable(series, pod, at, since);
      }
    }
    return {
      ...(totals.hasSeries && { recent: { bad: bad.recent, total: totals.recent }, start: { bad: bad.start, total: totals.start } }),
      stableRecent: { bad: bad.stableRecent, total: totals.stable },
      stableSince: { bad: bad.stableSince, total: stableTotal },
      budgetConsumed: 0.5,
    };
  }

  /** `increase()` of the canary alone over `window`, as a bare query has it. */
  increase(gate: number, at: number, window: number): Counts {
    let [bad, total] = [0, 0];
    for (let pod = 0; pod < this.#canaryPods; pod++) {
      for (let route = 0; route < ROUTES; route++) total += this.#increase(totalOf(pod, route), pod, at, window);
      for (const series of this.#bornOf[pod] ?? []) if (sloOf(series) === gate) bad += this.#increase(series, pod, at, window);
    }
    return { bad, total };
  }

  /** Sets the weight by a plan instead of by looks. */
  setWeight(step: number, weight: number, at: number): void {
    this.advance(at);
    this.#setWeight(step, weight, at);
  }

  #setWeight(step: number, weight: number, at: number): void {
    this.#step = step;
    const pods = Math.max(1, Math.min(CANARY_PODS, Math.round((weight / 100) * STABLE_PODS)));
    for (; this.#canaryPods < pods; this.#canaryPods++) this.#start(this.#canaryPods, at);
    this.#segments.push({ start: at, canary: weight / 100 / this.#canaryPods, stable: (1 - weight / 100) / STABLE_PODS });
  }

  #start(pod: number, at: number): void {
    this.#phase[pod] = at + this.#random.next() * this.#traffic.scrapeInterval;
    this.#until[pod] = at;
    this.#scrapes[pod] = 0;
  }

  /** Lets every pod be scraped up to `at`. */
  advance(at: number): void {
    const { scrapeInterval } = this.#traffic;
    this.#now = at;
    for (let pod = 0; pod < PODS; pod++) {
      if (pod >= this.#canaryPods && pod < CANARY_PODS) continue;
      for (;;) {
        const due = num(this.#phase, pod) + int(this.#scrapes, pod) * scrapeInterval;
        if (due > at) break;
        this.#scrape(pod, due);
      }
    }
  }

  #scrape(pod: number, due: number): void {
    const isCanary = pod < CANARY_PODS;
    const restartAt = num(this.#restartAt, pod);
    if (restartAt > num(this.#until, pod) && restartAt <= due) {
      // What a container counted after its last scrape is lost with it.
      for (let route = 0; route < (isCanary ? ROUTES : 1); route++) this.#count[totalOf(pod, route)] = 0;
      for (const series of this.#bornOf[pod] ?? []) this.#count[series] = 0;
      this.#until[pod] = restartAt;
      this.#restartScrape[pod] = int(this.#scrapes, pod);
    }
    const from = num(this.#until, pod);
    const requests = this.#perSecond * this.#share(from, due, isCanary);
    const inBlip =
      this.#blipStart < due && this.#blipEnd > from
        ? this.#perSecond * this.#share(Math.max(from, this.#blipStart), Math.min(due, this.#blipEnd), isCanary)
        : 0;
    if (!isCanary) this.#add(totalOf(pod, 0), pod, this.#random.poisson(requests));
    else if (requests < 10) {
      for (let left = this.#random.poisson(requests); left > 0; left--) this.#add(totalOf(pod, this.#route()), pod, 1);
    } else {
      for (let route = 0; route < ROUTES; route++) {
        const count = this.#random.poisson(requests * num(ROUTE_SHARES, route));
        if (count > 0) this.#add(totalOf(pod, route), pod, count);
      }
    }
    for (let slo = 0; slo < this.#slos; slo++) {
      const ratio = (isCanary ? this.#traffic.canary[slo] : this.#traffic.stable[slo]) ?? 0;
      const bad = (requests - inBlip) * ratio + inBlip * (this.#traffic.blip?.ratio ?? 0);
      for (let left = this.#random.poisson(bad); left > 0; left--) this.#add(badOf(slo, pod, this.#route()), pod, 1);
    }
    this.#record(pod);
    this.#until[pod] = due;
  }

  #record(pod: number): void {
    const scrape = int(this.#scrapes, pod);
    for (let route = 0; route < (pod < CANARY_PODS ? ROUTES : 1); route++) this.#write(totalOf(pod, route), scrape);
    const born = this.#bornOf[pod] ?? [];
    for (let i = 0; i < born.length; i++) this.#write(born[i] ?? 0, scrape);
    this.#scrapes[pod] = scrape + 1;
  }

  #write(series: number, scrape: number): void {
    if (int(this.#born, series) < 0) return;
    this.#samples[series * this.#capacity + scrape] = int(this.#count, series) || -1;
  }

  #add(series: number, pod: number, count: number): void {
    if (int(this.#born, series) < 0 && count > 0) {
      this.#born[series] = int(this.#scrapes, pod);
      if (series >= TOTAL_SERIES) this.#bornOf[pod]?.push(series);
    }
    this.#count[series] = int(this.#count, series) + count;
  }

  #route(): number {
    let left = this.#random.next();
    for (let route = 0; route < ROUTES - 1; route++) {
      left -= num(ROUTE_SHARES, route);
      if (left < 0) return route;
    }
    return ROUTES - 1;
  }

  /** One pod's share of the traffic, times the seconds that it held. */
  #share(from: number, to: number, isCanary: boolean): number {
    let sum = 0;
    let end = to;
    for (let i = this.#segments.length - 1; i >= 0 && end > from; i--) {
      const segment = this.#segments[i];
      if (segment === undefined || segment.start >= end) continue;
      sum += (end - Math.max(from, segment.start)) * (isCanary ? segment.canary : segment.stable);
      end = segment.start;
    }
    return sum;
  }

  #totals(at: number): Totals {
    if (this.#seen?.at === at) return this.#seen;
    const seen = { at, recent: 0, start: 0, stable: 0, hasSeries: false };
    for (let pod = 0; pod < this.#canaryPods; pod++) {
      for (let route = 0; route < ROUTES; route++) {
        const value = this.#value(totalOf(pod, route), pod, at);
        seen.hasSeries ||= value >= 0;
        seen.start += Math.max(0, value);
        seen.recent += this.#sinceBirth(totalOf(pod, route), pod, at);
      }
    }
    for (let pod = CANARY_PODS; pod < PODS; pod++) seen.stable += this.#increase(totalOf(pod, 0), pod, at, WINDOW);
    this.#seen = seen;
    return seen;
  }

  /** `(x unless x offset 5m) or increase(x[5m])` of one series. */
  #sinceBirth(series: number, pod: number, at: number): number {
    const now = this.#value(series, pod, at);
    return now >= 0 && this.#value(series, pod, at - WINDOW) < 0 ? now : this.#increase(series, pod, at, WINDOW);
  }

  /** Of one series of stable's bad events. */
  #stable(series: number, pod: number, at: number, range: number): number {
    const isBorn = this.#value(series, pod, at) >= 0 && this.#value(series, pod, at - range) < 0;
    return this.#increase(series, pod, at, range) + Number(isBorn);
  }

  /** The instant value, -1 without one. No scrape is missed, so a series' last sample is never older than the five minutes of lookback. */
  #value(series: number, pod: number, at: number): number {
    const scrape = Math.floor((at - num(this.#phase, pod)) / this.#traffic.scrapeInterval);
    const born = int(this.#born, series);
    return born < 0 || scrape < born ? -1 : int(this.#samples, series * this.#capacity + scrape);
  }

  /** https://github.com/prometheus/prometheus/blob/v3.5.0/promql/functions.go (extrapolatedRate); ranges are open to the left. */
  #increase(series: number, pod: number, at: number, range: number): number {
    const born = int(this.#born, series);
    if (born < 0) return 0;
    const interval = this.#traffic.scrapeInterval;
    const phase = num(this.#phase, pod);
    const base = series * this.#capacity;
    let first = Math.max(born, Math.floor((at - range - phase) / interval) + 1);
    let last = Math.floor((at - phase) / interval);
    if (last <= first) return 0;
    let intervals = last - first;
    let result = int(this.#samples, base + last) - int(this.#samples, base + first);
    const restart = int(this.#restartScrape, pod);
    if (restart > first && restart <= last) {
      // Resets and gaps.
      result = 0;
      intervals = -1;
      let before = -1;
      let [from, to] = [-1, -1];
      for (let scrape = first; scrape <= last; scrape++) {
        const value = int(this.#samples, base + scrape);
        if (value < 0) continue;
        intervals += 1;
        if (from < 0) from = scrape;
        else result += value >= before ? value - before : value;
        before = value;
        to = scrape;
      }
      if (intervals < 1) return 0;
      first = from;
      last = to;
    } else if (restart >= 0 && restart <= first) {
      while (first <= last && int(this.#samples, base + first) < 0) first += 1;
      if (last <= first) return 0;
      intervals = last - first;
      result = int(this.#samples, base + last) - int(this.#samples, base + first);
    }
    const sampled = (last - first) * interval;
    const average = sampled / intervals;
    let toStart = phase + first * interval - (at - range);
    if (toStart >= average * 1.1) toStart = average / 2;
    if (result > 0) toStart = Math.min(toStart, (sampled * int(this.#samples, base + first)) / result);
    let toEnd = at - phase - last * interval;
    if (toEnd >= average * 1.1) toEnd = average / 2;
    return (result * (sampled + toStart + toEnd)) / sampled;
  }
}

/** The series of all requests: one for each pod and route of the canary; one for each pod of stable, whose routes are all long born. */
const TOTAL_SERIES = CANARY_PODS * ROUTES + STABLE_PODS;

function totalOf(pod: number, route: number): number {
  return pod < CANARY_PODS ? pod * ROUTES + route : CANARY_PODS * ROUTES + (pod - CANARY_PODS);
}

/** One series of bad events for each SLO, pod and route. */
function badOf(slo: number, pod: number, route: number): number {
  return TOTAL_SERIES + (slo * PODS + pod) * ROUTES + route;
}

function sloOf(series: number): number {
  return Math.floor((series - TOTAL_SERIES) / (PODS * ROUTES));
}

function int(array: Int32Array, index: number): number {
  return array[index] ?? 0;
}

function num(array: Float64Array, index: number): number {
  return array[index] ?? 0;
}
