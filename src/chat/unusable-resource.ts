/** A resource that the process needs can't be used. The message is one or more whole sentences for the operator. */
export class UnusableResource extends Error {}

/** The reason for a system error in a few words. */
export function describeSystemError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return /^E[A-Z]+: ([^,]+)/.exec(message)?.[1] ?? message
}
