/** Where a value stands on an axis. */
export interface Scale {
  /** From 0 to 1. */
  readonly positionOf: (value: number) => number
  /** Where lines are drawn and figures written. */
  readonly ticks: readonly number[]
}

/** Steps of an axis that are easy to read. */
const STEPS = [1, 2, 5]

/** Fewer decades than these are divided further. */
const DECADES_MIN = 2

/** Each step as much larger as the one before. */
export function logarithmic(values: readonly number[]): Scale {
  const seen = values.filter((value) => value > 0 && Number.isFinite(value))
  const [lowest, highest] = [Math.min(...seen), Math.max(...seen)]
  const steps = Math.log10(highest / lowest) < DECADES_MIN ? STEPS : [1]
  const all: number[] = []
  for (let power = Math.floor(Math.log10(lowest)) - 1; power <= Math.ceil(Math.log10(highest)) + 1; power++)
    for (const step of steps) all.push(Number((step * 10 ** power).toPrecision(3)))
  const low = all.findLast((tick) => tick <= lowest) ?? lowest
  const high = all.find((tick) => tick >= highest) ?? highest
  return {
    positionOf: (value) => fractionBetween(Math.log10(value), Math.log10(low), Math.log10(high)),
    ticks: all.filter((tick) => tick >= low && tick <= high),
  }
}

/** From 0 on. */
export function linear(values: readonly number[], count = 5): Scale {
  const highest = Math.max(...values.filter(Number.isFinite), Number.MIN_VALUE)
  const power = 10 ** Math.floor(Math.log10(highest / count))
  const step = ([...STEPS, 10].find((factor) => factor * power * count >= highest) ?? 10) * power
  const steps = Math.ceil(highest / step)
  return {
    positionOf: (value) => fractionBetween(value, 0, steps * step),
    ticks: Array.from({ length: steps + 1 }, (_, n) => Number((n * step).toPrecision(6))),
  }
}

function fractionBetween(value: number, low: number, high: number): number {
  return high === low ? 0.5 : (value - low) / (high - low)
}
