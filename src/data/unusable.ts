/** The data folder can't be used; the message is one whole sentence or two for whoever runs Snug. */
export class Unusable extends Error {}

/** Another process has it. */
export class InUse extends Unusable {}

/** In a few words, why the system refused. */
export function reason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return /^E[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
