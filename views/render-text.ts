import MarkdownIt, { type StateInline } from 'markdown-it'

/** Nested emphasis and fences deeper than this are shown as typed. */
const NESTING_MAX = 20

/** Names that become links without http: with every country’s ending, README.md and and.so would be links too. */
const BARE_LINK_ENDINGS = ['com', 'org', 'net', 'edu', 'gov', 'info', 'dev', 'app', 'io']

/** Words in which nothing can be markup, a link or in need of escaping: no address goes on after a dot like this. */
const PLAIN_TEXT = /^(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} ,;:!?'’()%+=#-]|\.(?= |$))*)$/u

const markdown = createMarkdown()

/**
 * The HTML of what somebody typed: everything escaped, but for links, `*emphasis*`, `**strong**`, `` `code` ``, fenced
 * blocks and line breaks.
 */
export function renderText(text: string): string {
  // What most messages are, at a tenth of the time.
  if (PLAIN_TEXT.test(text) && !text.endsWith(' ')) return `<p>${text}</p>`
  return markdown.render(text).trimEnd()
}

function createMarkdown() {
  const md = new MarkdownIt('zero', { html: false, linkify: true, breaks: true, maxNesting: NESTING_MAX })
  md.enable(['fence', 'newline', 'linkify', 'backticks', 'emphasis'])
  md.inline.ruler.before('emphasis', 'underscores', keepUnderscores)
  // Else a link would show other characters than were typed, and other letters than its address has.
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

// Names such as __init__ are more common in a chat than this way to stress a word.
function keepUnderscores(state: StateInline, silent: boolean): boolean {
  let end = state.pos
  while (state.src[end] === '_') end++
  if (end === state.pos) return false
  if (!silent) state.pending += state.src.slice(state.pos, end)
  state.pos = end
  return true
}
