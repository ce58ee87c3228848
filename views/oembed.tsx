/** The response to a site that wants to show a link: oEmbed 1.0 §2.3.4.4, type `rich`. */
export interface OEmbed {
  readonly version: '1.0'
  readonly type: 'rich'
  readonly title: string
  readonly provider_name: 'Snug'
  readonly provider_url: string
  readonly html: string
  readonly width: number
  readonly height: number
}

export interface EmbedIframeProps {
  /** The embed's whole URL. */
  readonly src: string
  readonly room: string
  readonly width: number | string
  readonly height: number
}

/** The HTML that embeds a room in a page. */
export function embedIframe({ src, room, width, height }: EmbedIframeProps): string {
  return String(
    <iframe
      src={src}
      title={`Chat: ${room}`}
      width={width}
      height={height}
      loading="lazy"
      frameborder={0}
      allow="clipboard-write"
    />,
  )
}

/** The response as XML: oEmbed 1.0 §2.3.2. */
export function oembedXml(embed: OEmbed): string {
  const fields = Object.entries(embed).map(
    ([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`,
  )
  return `<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>${fields.join('')}</oembed>\n`
}

const ENTITIES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&apos;'],
])

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES.get(character) ?? character)
}
