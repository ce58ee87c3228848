import { splitBlocks } from './blocks.ts'
import type { Inline } from './inline.ts'
import { parseInlines } from './inlines.ts'
import { createLinkFinder } from './links.ts'

/** A part of a text that stands by itself. */
export type Block =
  | { readonly kind: 'paragraph'; readonly inlines: readonly Inline[] }
  | {
      readonly kind: 'code'
      /** The code as typed. Each line ends with a line break. */
      readonly text: string
      /** The name of its language, as typed. */
      readonly language: string | undefined
    }

/**
 * Parses the markup of a typed text: `*emphasis*`, `**strong**`, `` `code` ``, fenced blocks and links.
 *
 * No visible character gets lost (P21). Missing from the result are only stars and backticks that belong together in
 * pairs, fences around a block, the name of its language, and white space around blocks. The time is proportional to
 * the length of the text, whatever it consists of.
 */
export function parseMarkup(text: string): readonly Block[] {
  const findLinks = createLinkFinder()
  return splitBlocks(text).map((block) =>
    block.kind === 'code'
      ? block
      : { kind: 'paragraph', inlines: parseInlines(block.text, findLinks(block.text)) },
  )
}
