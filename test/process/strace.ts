import { spawnSync } from 'node:child_process'

/** The strace that `scripts/install.js` found or installed: what $STRACE names, else the one on the path. */
export function findStrace(): string {
  const path = process.env.STRACE ?? 'strace'
  if (spawnSync(path, ['-V']).status !== 0)
    throw new Error('strace is missing: node scripts/install.js --tests says what to do.')
  return path
}

/** A system call that ended. */
export interface SystemCall {
  readonly name: string
  /** As strace shows them, with the paths of file descriptors; cut short. */
  readonly args: string
}

/**
 * The calls in what strace wrote with `-f -y`, each where it matters for what comes after it: one that others wait for
 * where it ended, one that others see where it began.
 * @param atBegin names of the latter
 */
export function parseSystemCalls(trace: string, atBegin: ReadonlySet<string>): SystemCall[] {
  const calls: SystemCall[] = []
  const begun = new Map<string, SystemCall>()
  for (const line of trace.split('\n')) {
    const [, pid = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    const resumed = /^<\.\.\. (\w+) resumed>/.exec(rest)
    const [, name = '', args = ''] = /^(\w+)\((.*)$/.exec(rest) ?? []
    if (resumed) {
      const call = begun.get(`${pid} ${resumed[1]}`)
      if (call && !atBegin.has(call.name)) calls.push(call)
    } else if (name !== '') {
      const call = { name, args }
      const unfinished = args.endsWith('<unfinished ...>')
      if (unfinished) begun.set(`${pid} ${name}`, call)
      if (!unfinished || atBegin.has(name)) calls.push(call)
    }
  }
  return calls
}
