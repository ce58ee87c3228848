/** What a process needs can't be used; the message is one whole sentence or more for whoever runs Snug. */
export class UnusableResource extends Error {}

/** In a few words, why the system refused. */
export function describeSystemError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return /^E[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message
}
