import { quantile } from '../statistics.ts'
import type { Times } from './outcome.ts'

/** @param values are sorted by it */
export function timesOf(values: number[] | Float32Array): Times {
  values.sort((a, b) => a - b)
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99), max: quantile(values, 1) }
}
