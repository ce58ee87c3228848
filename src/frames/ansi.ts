import { createTerminalEncoder, type TerminalStyle } from './terminal.ts'

/** ECMA-48 §8.3.117: the six hues that every terminal shows by its own theme, each in two weights. */
const COLOURS = ['31', '32', '33', '34', '35', '36'].flatMap((hue) => [hue, `1;${hue}`])
const FAINT_CODE = '2'

const applyStyle = (how: string, text: string) => `\x1b[${how}m${text}\x1b[0m`

/** Names in the colour of their tag, and what Snug says itself faint. */
export const ANSI_STYLE: TerminalStyle = {
  name: (name, tag) => applyStyle(COLOURS[Number.parseInt(tag, 36) % COLOURS.length] ?? '1', name),
  notice: (text) => applyStyle(FAINT_CODE, text),
}

/** The lines of a terminal that was asked for in colours. */
export const ansi = createTerminalEncoder(ANSI_STYLE)
