import { createTerminalEncoder, type TerminalStyle } from './terminal.ts'

export const PLAIN_STYLE: TerminalStyle = {
  name: (name) => name,
  notice: (text) => text,
  verified: (mark) => mark,
}

/** Plain lines, for terminals and for programs that read lines. */
export const text = createTerminalEncoder(PLAIN_STYLE)
