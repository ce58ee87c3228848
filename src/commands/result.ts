/** What a command has to say; what is noted is for whoever looks on, and not for whatever reads it. */
export type CommandResult =
  | { readonly stdout: string; readonly stderr?: string }
  | { readonly problem: string }
