import { join } from 'node:path'

/** Folder for files that the benchmark compiles or downloads. */
export const CACHE = join(import.meta.dirname, '..', '..', '..', '.cache', 'bench')
