import { quantile } from '../statistics.ts'
import type { LatencyQuantiles } from './result.ts'

/** @param values sorted in place */
export function quantilesOf(values: number[] | Float32Array): LatencyQuantiles {
  values.sort((a, b) => a - b)
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99), max: quantile(values, 1) }
}
