import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { quantile } from '../statistics.ts'

const COMMITS_MS = 1500
const SYNCS = 200
const PAGE = Buffer.alloc(4096, 1)

/** Messages per second that a loop of single commits stores, with the same durability as Snug. */
export function measureCommitsPerSecond(folder: string): number {
  const path = join(folder, 'bare.db')
  const database = new DatabaseSync(path)
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE messages (id INTEGER PRIMARY KEY, text TEXT)',
  )
  const insert = database.prepare('INSERT INTO messages (text) VALUES (?)')
  const began = performance.now()
  let commits = 0
  while (performance.now() - began < COMMITS_MS) insert.run(`This is message number ${commits++}`)
  const seconds = (performance.now() - began) / 1000
  database.close()
  rmSync(path)
  return commits / seconds
}

/** Median milliseconds of `fdatasync` after writing a page. */
export function measureSyncMs(folder: string): number {
  const path = join(folder, 'bare')
  const file = openSync(path, 'w')
  const times = Array.from({ length: SYNCS }, () => {
    writeSync(file, PAGE)
    const began = performance.now()
    fdatasyncSync(file)
    return performance.now() - began
  })
  closeSync(file)
  rmSync(path)
  return quantile(
    times.sort((a, b) => a - b),
    0.5,
  )
}
