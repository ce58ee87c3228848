import type { Outcome } from './result.ts'

/** Prints it; ends with code 1 when it could not be done. */
export function tell(outcome: Outcome): void {
  if ('problem' in outcome) fail(outcome.problem)
  if (outcome.said !== '') console.log(outcome.said)
  if (outcome.noted !== undefined) console.error(outcome.noted)
}

export function fail(...problems: readonly string[]): never {
  for (const problem of problems) console.error(`snug: ${problem}`)
  process.exit(1)
}
