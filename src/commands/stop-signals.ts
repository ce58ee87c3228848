/** The standard output and the process that receives the signals, as Node has them. */
interface Signalled {
  readonly stdout: { readonly isTTY?: boolean }
  on(signal: NodeJS.Signals, listener: () => void): unknown
}

/**
 * Ignores the signal that the terminal was closed, unless the program writes to that terminal. Node resets signals when
 * it starts, so that `nohup` alone has no effect.
 */
export function ignoreHangUp(process: Signalled): void {
  if (!process.stdout.isTTY) process.on('SIGHUP', () => {})
}

/**
 * Calls `stop` at the first signal to stop: SIGTERM, SIGINT (Ctrl+C), or SIGHUP when the terminal is closed that the
 * program writes to. Calls `exit` at the second one. A second SIGHUP means nothing: a terminal and its shell both send
 * one.
 */
export function onStopSignal(
  process: Signalled,
  stop: (signal: NodeJS.Signals) => void,
  exit: (signal: NodeJS.Signals) => void,
): void {
  let stopping = false
  const stopOnce = (signal: NodeJS.Signals) => {
    if (stopping) return
    stopping = true
    stop(signal)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.on(signal, () => (stopping ? exit(signal) : stopOnce(signal)))
  if (process.stdout.isTTY) process.on('SIGHUP', () => stopOnce('SIGHUP'))
}
