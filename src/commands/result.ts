/** The result of a command. `stdout` is for a pipe to read; `stderr` is for the person at the terminal. */
export type CommandResult =
  | { readonly stdout: string; readonly stderr?: string }
  | { readonly problem: string }
