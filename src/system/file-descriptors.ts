import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import type { Clock } from '../chat/ports/clock.ts'

const CHECK_INTERVAL_MS = 2000

/**
 * Calls `onChange` with true when the process can open no more files and connections, and with false when it can again.
 * Nothing else tells: at the limit, libuv accepts each new connection and closes it, without an error.
 */
export function watchFileDescriptors(clock: Clock, onChange: (exhausted: boolean) => void): void {
  let exhausted = false
  const check = () => {
    const now = areExhausted()
    if (now !== exhausted) onChange(now)
    exhausted = now
    clock.after(CHECK_INTERVAL_MS, check)
  }
  clock.after(CHECK_INTERVAL_MS, check)
}

function areExhausted(): boolean {
  try {
    closeSync(openSync(devNull, 'r'))
    return false
  } catch (error) {
    // EMFILE: the limit of the process. ENFILE: the limit of the system.
    return error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE')
  }
}
