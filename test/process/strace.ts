import { spawnSync } from 'node:child_process'

/** Finds the strace that `scripts/install.js` found or installed: $STRACE, else the one on the path. */
export function findStrace(): string {
  const path = process.env.STRACE ?? 'strace'
  if (spawnSync(path, ['-V']).status !== 0)
    throw new Error('strace is missing: node scripts/install.js --tests says what to do.')
  return path
}

/** A finished system call. */
export interface SystemCall {
  readonly name: string
  /** The arguments as strace prints them, cut short, with the paths of file descriptors. */
  readonly args: string
}

/**
 * Parses the output of `strace -f -y` into calls in the order of their effects: a call that others wait for counts from
 * its end, a call that others see counts from its beginning.
 * @param placedAtStart names of the calls that count from their beginning
 */
export function parseSystemCalls(trace: string, placedAtStart: ReadonlySet<string>): SystemCall[] {
  const calls: SystemCall[] = []
  const unfinishedCalls = new Map<string, SystemCall>()
  for (const line of trace.split('\n')) {
    const [, pid = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    const resumed = /^<\.\.\. (\w+) resumed>/.exec(rest)
    const [, name = '', args = ''] = /^(\w+)\((.*)$/.exec(rest) ?? []
    if (resumed) {
      const call = unfinishedCalls.get(`${pid} ${resumed[1]}`)
      if (call && !placedAtStart.has(call.name)) calls.push(call)
    } else if (name !== '') {
      const call = { name, args }
      const unfinished = args.endsWith('<unfinished ...>')
      if (unfinished) unfinishedCalls.set(`${pid} ${name}`, call)
      if (!unfinished || placedAtStart.has(name)) calls.push(call)
    }
  }
  return calls
}
