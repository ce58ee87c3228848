import { createTerminalEncoder, type TerminalStyle } from './terminal.ts'

/** Six hues in two weights (ECMA-48 §8.3.117). Every terminal shows them in the colours of its own theme. */
const COLOURS = ['31', '32', '33', '34', '35', '36'].flatMap((hue) => [hue, `1;${hue}`])
const FAINT_CODE = '2'
const VERIFIED_CODE = '32'

const applyStyle = (code: string, text: string) => `\x1b[${code}m${text}\x1b[0m`

/** Names have the colour of their tag; notices are faint. */
export const ANSI_STYLE: TerminalStyle = {
  // The last six characters, which are the whole tag in messages of earlier versions.
  name: (name, tag) => applyStyle(COLOURS[Number.parseInt(tag.slice(-6), 36) % COLOURS.length] ?? '1', name),
  verified: (mark) => applyStyle(VERIFIED_CODE, mark),
  notice: (text) => applyStyle(FAINT_CODE, text),
}

/** The text format with colours, for terminals that request them. */
export const ansi = createTerminalEncoder(ANSI_STYLE)
