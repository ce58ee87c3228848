import type { Child } from 'hono/jsx'

/** The address of a file of `static/`, with its hash. */
export type AssetUrl = (name: string) => string

export interface LayoutProps {
  readonly title: string
  readonly asset: AssetUrl
  /** The script of the page; those of a room bring htmx. */
  readonly script?: 'snug.js' | 'past.js' | 'home.js' | 'me.js' | 'made.js'
  /** A class on the body, which says what kind of page this is. */
  readonly page: string
  readonly head?: Child
  readonly children?: Child
}

/** htmx adds no style of its own, and remembers no page. */
const HTMX_CONFIG = '{"includeIndicatorCSS":false,"history":false}'

/** A whole page. */
export function Layout({ title, asset, script, page, head, children }: LayoutProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{title}</title>
        <meta
          name="viewport"
          content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
        />
        <meta name="color-scheme" content="light dark" />
        <meta name="theme-color" content="#fbf8f4" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#191614" media="(prefers-color-scheme: dark)" />
        <link rel="manifest" href="/manifest.webmanifest" />
        <link rel="apple-touch-icon" href={asset('icon-180.png')} />
        <link
          rel="icon"
          href={asset('icon.svg')}
          type="image/svg+xml"
          data-unread={script === 'snug.js' ? asset('icon-unread.svg') : undefined}
        />
        <link rel="stylesheet" href={asset('snug.css')} />
        {script === 'snug.js' && <meta name="htmx-config" content={HTMX_CONFIG} />}
        {script && (
          <script
            src={asset(script)}
            defer
            data-later={script === 'snug.js' ? asset('later.js') : undefined}
          />
        )}
        {head}
      </head>
      <body class={page}>{children}</body>
    </html>
  )
}

export function page(element: ReturnType<typeof Layout>): string {
  return `<!doctype html>${element}`
}
