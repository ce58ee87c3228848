import type { ProcessFigures } from './process-figures.ts'

/** What a server needed in a part of the soak. */
export interface Figures {
  /** Resident memory in MiB, the median of the samples. */
  readonly memory: number
  /** Open file descriptors, the median of the samples. */
  readonly descriptors: number
  /** Milliseconds from a post until a reader has received it. */
  readonly delay: { readonly p50: number; readonly p99: number; readonly max: number }
}

/** Memory may rise by this share and this much between the middle and the end. */
const MEMORY_SHARE_MAX = 1.25
const MEMORY_MIB_MAX = 24

/** Streams that come back at the moment of a sample have another descriptor. */
const DESCRIPTORS_MAX = 12

/** The 99th percentile of the delay may rise by this factor and this much. */
const DELAY_FACTOR_MAX = 5
const DELAY_MS_MAX = 250

/**
 * Summarises one part of the soak.
 * @param delays in milliseconds, ascending
 */
export function toFigures(samples: readonly ProcessFigures[], delays: readonly number[]): Figures {
  const median = (values: readonly number[]) =>
    percentile(
      [...values].sort((a, b) => a - b),
      0.5,
    )
  return {
    memory: median(samples.map(({ memory }) => memory)),
    descriptors: median(samples.map(({ descriptors }) => descriptors)),
    delay: { p50: percentile(delays, 0.5), p99: percentile(delays, 0.99), max: delays.at(-1) ?? Number.NaN },
  }
}

/** @returns a sentence for each figure that grows with the time that a server runs */
export function findGrowth(start: Figures, middle: Figures, end: Figures): string[] {
  const growth: string[] = []
  if (end.memory > middle.memory * MEMORY_SHARE_MAX && end.memory > middle.memory + MEMORY_MIB_MAX)
    growth.push(`Memory rose from ${Math.round(middle.memory)} to ${Math.round(end.memory)} MiB`)
  if (end.descriptors > start.descriptors + DESCRIPTORS_MAX)
    growth.push(`Descriptors rose from ${start.descriptors} to ${end.descriptors}`)
  const { p99 } = start.delay
  if (end.delay.p99 > p99 * DELAY_FACTOR_MAX && end.delay.p99 > p99 + DELAY_MS_MAX)
    growth.push(`The delay rose from ${Math.round(p99)} to ${Math.round(end.delay.p99)} ms`)
  return growth
}

export function describeFigures(name: string, { memory, descriptors, delay }: Figures): string {
  const [p50, p99, max] = [delay.p50, delay.p99, delay.max].map((ms) => `${ms.toFixed(1)} ms`)
  return `${name}: memory ${Math.round(memory)} MiB, descriptors ${descriptors}, delay p50 ${p50}, p99 ${p99}, max ${max}`
}

/** @param values ascending */
function percentile(values: readonly number[], share: number): number {
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN
}
