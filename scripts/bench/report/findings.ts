import type { Report } from '../benchmark.ts'
import type { Growth } from '../growth.ts'
import type { Sizes } from '../sizes.ts'

/** All that the report is made of. */
export interface Findings {
  readonly report: Report
  readonly growth: Growth
  readonly sizes: Sizes
  readonly frameBytes: number
  /** Of whoever was measured beside Snug. */
  readonly versions: Readonly<Record<string, string>>
  /** KiB of resident memory that one more idle reader takes, by who was measured. */
  readonly idleKib: Readonly<Record<string, number>>
  /** In words, what could not be measured. */
  readonly unavailable: readonly string[]
  readonly minutes: number
}
