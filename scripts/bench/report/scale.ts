/** The scale of an axis. */
export interface Scale {
  /** The position of a value, from 0 to 1. */
  readonly positionOf: (value: number) => number
  /** Values with a grid line and a label. */
  readonly ticks: readonly number[]
}

/** Steps of an axis that are easy to read. */
const STEPS = [1, 2, 5]

/** An axis with fewer decades also has ticks between them. */
const DECADES_MIN = 2

/** A logarithmic scale that ends at ticks. Ignores values that are not positive. */
export function logarithmic(values: readonly number[]): Scale {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value))
  const [lowest, highest] = [Math.min(...positive), Math.max(...positive)]
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

/**
 * A linear scale from 0 to a tick.
 * @param count the maximum number of steps
 */
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
