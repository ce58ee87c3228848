/** What a command has to say; what is noted is for whoever looks on, and not for whatever reads it. */
export type Outcome = { readonly said: string; readonly noted?: string } | { readonly problem: string }
