import type { Report } from '../benchmark.ts'
import type { Growth } from '../growth.ts'
import type { Sizes } from '../sizes.ts'

/** The content of the report. */
export interface Findings {
  readonly report: Report
  readonly growth: Growth
  readonly sizes: Sizes
  /** Size of a htmx frame on the wire. */
  readonly frameBytes: number
  /** Versions of the peers, by name. */
  readonly versions: Readonly<Record<string, string>>
  /** KiB of resident memory per additional idle reader, by name of the server. */
  readonly idleKib: Readonly<Record<string, number>>
  /** A sentence for each thing that could not be measured. */
  readonly unavailable: readonly string[]
  /** Duration of the benchmark. */
  readonly minutes: number
}
