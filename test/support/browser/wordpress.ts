// What WordPress does with the oEmbed answer of a provider that it does not trust, and what its script wp-embed.js does
// in the page: written anew after its behaviour in 6.1.9.

const KEPT: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  blockquote: [],
  iframe: ['src', 'width', 'height', 'frameborder', 'marginwidth', 'marginheight', 'scrolling', 'title'],
}

const SECRET = 'aB3dE6gH9j'

/** The HTML in the page: attributes dropped, a blockquote at the very beginning and the frame, a secret of its own. */
export function wordPressHtml(html: string): string {
  const kept = html.replace(/<(\/?)(\w+)([^>]*)>/g, (_, slash: string, tag: string, attributes: string) => {
    const allowed = KEPT[tag]
    if (!allowed) return ''
    const pairs = [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].filter(([, name = '']) =>
      allowed.includes(name),
    )
    return `<${slash}${tag}${pairs.map(([pair]) => ` ${pair}`).join('')}>`
  })
  const [, quote = '', frame] = /(<blockquote>.*?<\/blockquote>)?.*?(<iframe.*?><\/iframe>)/s.exec(kept) ?? []
  if (frame === undefined) throw new Error('WordPress would show no frame')
  const hidden = quote === '' ? '' : ' style="position: absolute; clip: rect(1px, 1px, 1px, 1px);"'
  return (
    quote.replace('<blockquote', `<blockquote class="wp-embedded-content" data-secret="${SECRET}"`) +
    frame
      .replace(/ src="([^"]*)"/, ` src="$1#?secret=${SECRET}" data-secret="${SECRET}"`)
      .replace(
        '<iframe',
        `<iframe class="wp-embedded-content" sandbox="allow-scripts" security="restricted"${hidden}`,
      )
  )
}

/** The script of the page. WordPress loads it only where a blockquote has the class. */
export const WORDPRESS_SCRIPT = `<script>
  addEventListener('message', ({ data, source }) => {
    if (!data || !(data.secret || data.message || data.value) || /[^a-z0-9]/i.test(data.secret)) return
    const all = (tag) => document.querySelectorAll(tag + '[data-secret="' + data.secret + '"]')
    for (const quote of all('blockquote')) quote.style.display = 'none'
    for (const frame of all('iframe')) {
      if (frame.contentWindow !== source) continue
      frame.removeAttribute('style')
      if (data.message === 'height') frame.height = Math.min(1000, Math.max(200, parseInt(data.value, 10)))
      if (data.message !== 'link') continue
      const link = new URL(data.value)
      const isSameHost = /^https?:$/.test(link.protocol) && link.host === new URL(frame.src).host
      if (isSameHost && document.activeElement === frame) top.location.href = data.value
    }
  })
  addEventListener('load', () => {
    if (!document.querySelector('blockquote.wp-embedded-content')) throw new Error('The script would not be here')
    for (const frame of document.querySelectorAll('iframe.wp-embedded-content'))
      frame.contentWindow.postMessage({ message: 'ready', secret: frame.dataset.secret }, '*')
  })
</script>`
