import type { AssetUrl } from './asset-url.ts'

export interface LinkPreviewProps {
  readonly asset: AssetUrl
  readonly room: string
  /** The room's whole URL, which others join by. */
  readonly link: string
  /** The origin of `link`. */
  readonly origin: string
}

/** The metadata for other sites where somebody pastes a link to the room: https://oembed.com §4, https://ogp.me. */
export function LinkPreview({ asset, room, link, origin }: LinkPreviewProps) {
  const oembed = `${origin}/oembed?url=${encodeURIComponent(link)}&format=`
  return (
    <>
      <link rel="alternate" type="application/json+oembed" href={`${oembed}json`} title={room} />
      <link rel="alternate" type="text/xml+oembed" href={`${oembed}xml`} title={room} />
      <meta property="og:type" content="website" />
      <meta property="og:site_name" content="Snug" />
      <meta property="og:title" content={room} />
      <meta property="og:url" content={link} />
      <meta
        property="og:description"
        content="A room to talk in: open the link and write. No account, nothing to install."
      />
      <meta property="og:image" content={origin + asset('icon-512.png')} />
    </>
  )
}
