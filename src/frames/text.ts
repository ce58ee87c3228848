import { createTerminalEncoder, type TerminalStyle } from './terminal.ts'

export const PLAIN_STYLE: TerminalStyle = { name: (name) => name, notice: (text) => text }

/** Lines for a terminal, or for whatever reads lines. */
export const text = createTerminalEncoder(PLAIN_STYLE)
