import { type Ink, terminal } from './terminal.ts'

/** ECMA-48 §8.3.117: the six hues that every terminal shows by its own theme, each in two weights. */
const COLOURS = ['31', '32', '33', '34', '35', '36'].flatMap((hue) => [hue, `1;${hue}`])
const FAINT = '2'

const drawn = (how: string, text: string) => `\x1b[${how}m${text}\x1b[0m`

/** Names in the colour of their tag, and what Snug says itself faint. */
export const COLOURED: Ink = {
  name: (name, tag) => drawn(COLOURS[Number.parseInt(tag, 36) % COLOURS.length] ?? '1', name),
  quiet: (text) => drawn(FAINT, text),
}

/** The lines of a terminal that was asked for in colours. */
export const ansi = terminal(COLOURED)
