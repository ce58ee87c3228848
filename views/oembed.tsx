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
      // An iframe is inline otherwise, and outside the column of the text. A column may have a maximum of its own,
      // which a percentage must not override.
      style={typeof width === 'number' ? 'display:block;max-width:100%' : 'display:block'}
      allow="clipboard-write"
    />,
  )
}

/**
 * The HTML for WordPress, in the form of its own embeds: wp-embed.js shows the blockquote until the frame sends a
 * message with the secret. For providers that it does not trust, WordPress keeps only the `blockquote` at the very
 * beginning and the frame, and gives both another secret (wp_filter_oembed_result).
 * @param props the frame; `link` is the room's whole URL, and `secret` 10 letters and digits
 */
export function wordPressEmbed(
  props: Omit<EmbedIframeProps, 'width'> & { readonly link: string; readonly secret: string },
): string {
  const { src, room, height, link, secret } = props
  return String(
    <>
      <blockquote class="wp-embedded-content" data-secret={secret}>
        <a href={link}>{room}</a>
      </blockquote>
      <iframe
        class="wp-embedded-content"
        data-secret={secret}
        src={`${src}#?secret=${secret}`}
        title={`Chat: ${room}`}
        width="100%"
        height={height}
        frameborder={0}
        allow="clipboard-write"
      />
    </>,
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
