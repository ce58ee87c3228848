import MarkdownIt, { type StateInline } from 'markdown-it'

/** Emphasis and fences that are nested deeper than this are shown as typed. */
const NESTING_MAX = 20

/** Endings of names that become links without http. With every country’s, README.md and and.so would be links. */
const BARE_LINK_ENDINGS = ['com', 'org', 'net', 'edu', 'gov', 'info', 'dev', 'app', 'io']

/** A text without markup, links or characters to escape. A link can't continue after a dot that a space follows. */
const PLAIN_TEXT = /^(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ,;:!?'’()%+=#-]|\.(?= |$))*)$/u

const markdown = createMarkdown()

/**
 * Renders a typed text as HTML. Everything is escaped, except links, `*emphasis*`, `**strong**`, `` `code` ``, fenced
 * blocks and line breaks.
 */
export function renderText(text: string): string {
  // Most messages are plain, and take a tenth of the time this way.
  if (PLAIN_TEXT.test(text) && !text.endsWith(' ')) return `<p>${text}</p>`
  return markdown.render(text).trimEnd()
}

function createMarkdown() {
  const md = new MarkdownIt('zero', { html: false, linkify: true, breaks: true, maxNesting: NESTING_MAX })
  md.enable(['fence', 'newline', 'linkify', 'backticks', 'emphasis'])
  md.inline.ruler.before('emphasis', 'underscores', keepUnderscores)
  // Without this, a link would show other characters than were typed, and other letters than its address has (P21).
  md.normalizeLinkText = (url) => url
  md.validateLink = (url) => /^https?:\/\//i.test(url)
  for (const scheme of ['mailto:', 'ftp:', '//']) md.linkify.add(scheme, null)
  md.linkify.set({ fuzzyLink: true, fuzzyEmail: false }).tlds(BARE_LINK_ENDINGS)
  md.renderer.rules.link_open = (tokens, index, options, _env, self) => {
    tokens[index]?.attrSet('target', '_blank')
    tokens[index]?.attrSet('rel', 'nofollow noopener noreferrer ugc')
    return self.renderToken(tokens, index, options)
  }
  return md
}

// In a chat, names such as __init__ are more common than underscores for emphasis.
function keepUnderscores(state: StateInline, silent: boolean): boolean {
  let end = state.pos
  while (state.src[end] === '_') end++
  if (end === state.pos) return false
  if (!silent) state.pending += state.src.slice(state.pos, end)
  state.pos = end
  return true
}
