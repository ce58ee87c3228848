const TEXT = '(?:[^<>&"]|&(?:amp|lt|gt|quot|#39);)*'
const LINK = '<a href="https?://[^"<>\\s]+" target="_blank" rel="nofollow noopener noreferrer ugc" dir="ltr">'

/** The tags, with their attributes, that a rendered text may contain. */
const TEXT_TAGS = [
  '</?(?:p|em|strong|pre|a|code)>',
  '<br>',
  '<code class="language-(?:[^"<>&\\s]|&(?:amp|lt|gt|quot);)+">',
  LINK,
]

/** The rest of this HTML after escaped text and these tags; '' if it contains nothing else. */
function findForeignHtml(html: string, tags: readonly string[]): string {
  return html.replace(new RegExp(`(?:${TEXT}(?:${tags.join('|')}))*${TEXT}`, 'y'), '')
}

/** Why a rendered text is invalid; undefined if it has only allowed tags and each is closed in its place. */
export function findInvalidHtml(html: string): string | undefined {
  const foreign = findForeignHtml(html, TEXT_TAGS)
  if (foreign !== '') return `foreign: ${foreign}`
  const open: string[] = []
  for (const [, close, name = ''] of html.matchAll(/<(\/?)(\w+)/g)) {
    if (name === 'br') continue
    if (!close) open.push(name)
    else if (open.pop() !== name) return `</${name}> closes what is not open`
  }
  return open.length > 0 ? `still open: ${open.join()}` : undefined
}

/** The text that a reader sees of a rendered text. */
export function visibleText(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
