import type { CommandResult } from './result.ts'

/** Prints it; ends with code 1 when it could not be done. */
export function printResult(outcome: CommandResult): void {
  if ('problem' in outcome) fail(outcome.problem)
  if (outcome.stdout !== '') console.log(outcome.stdout)
  if (outcome.stderr !== undefined) console.error(outcome.stderr)
}

export function fail(...problems: readonly string[]): never {
  for (const problem of problems) console.error(`snug: ${problem}`)
  process.exit(1)
}
