import type { CommandResult } from './result.ts'

/** Prints the result of a command. Exits with code 1 if the command failed. */
export function printResult(result: CommandResult): void {
  if ('problem' in result) fail(result.problem)
  if (result.stdout !== '') console.log(result.stdout)
  if (result.stderr !== undefined) console.error(result.stderr)
}

/** Prints each problem on a line of standard error and exits with code 1. */
export function fail(...problems: readonly string[]): never {
  for (const problem of problems) console.error(`snug: ${problem}`)
  process.exit(1)
}
