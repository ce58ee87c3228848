import { type Ink, terminal } from './terminal.ts'

export const PLAIN: Ink = { name: (name) => name, quiet: (text) => text }

/** Lines for a terminal, or for whatever reads lines. */
export const text = terminal(PLAIN)
