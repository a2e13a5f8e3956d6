/** Seeded chance, so that a figure can be had again: sfc32 (https://pracrand.sourceforge.net/RNG_engines.txt). */
export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = (seed * 0x9e3779b9) | 0;
    this.#c = 0x2545f491;
    for (let i = 0; i < 16; i++) this.next();
  }

  /** Evenly in [0, 1). */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return (sum >>> 0) / 4294967296;
  }

  /** How many events happen where `mean` are expected. */
  poisson(mean: number): number {
    if (mean <= 0) return 0;
    if (mean > 25) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.#normal()));
    const u = this.next();
    // Since exp(-x) >= 1 - x, most of the many rare cases need no exponential.
    if (u < 1 - mean) return 0;
    let share = Math.exp(-mean);
    let sum = share;
    let count = 0;
    while (u > sum && share > 0) {
      count += 1;
      share *= mean / count;
      sum += share;
    }
    return count;
  }

  /** Polar method (Marsaglia and Bray, 1964). */
  #normal(): number {
    for (;;) {
      const x = 2 * this.next() - 1;
      const y = 2 * this.next() - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
    }
  }
}
