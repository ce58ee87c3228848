import { join } from 'node:path'

/** What the benchmark makes or fetches for itself. */
export const CACHE = join(import.meta.dirname, '..', '..', '..', '.cache', 'bench')
