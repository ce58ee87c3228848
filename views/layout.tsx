import { raw } from 'hono/html'
import type { Child } from 'hono/jsx'
import { type Appearance, AppearanceStylesheets, appearanceData } from './appearance.tsx'
import type { AssetUrl } from './asset-url.ts'

/** The scripts that contain htmx. */
type RoomScript = 'snug.js' | 'embed-frame.js' | 'embed-read-only.js'

const ROOM_SCRIPTS: readonly string[] = [
  'snug.js',
  'embed-frame.js',
  'embed-read-only.js',
] satisfies RoomScript[]

export interface LayoutProps {
  readonly title: string
  readonly asset: AssetUrl
  /** The script of the page. */
  readonly script?:
    | RoomScript
    | 'embed-retry.js'
    | 'permalink.js'
    | 'home.js'
    | 'me.js'
    | 'created.js'
    | undefined
  /** The class of the body: the kind of page. */
  readonly bodyClass: string
  /** Set in an embed. */
  readonly appearance?: Appearance | undefined
  /** The `data-` attributes of the body, for the script. */
  readonly data?: Readonly<Record<string, string>>
  readonly head?: Child
  readonly children?: Child
}

/** htmx adds no styles and stores no pages. */
const HTMX_CONFIG = '{"includeIndicatorCSS":false,"history":false}'

// The origin of a sandboxed page is not its server's.
const EMBED_HTMX_CONFIG = '{"includeIndicatorCSS":false,"history":false,"mode":"cors"}'

/** The browser draws nothing before the last element of a room has arrived: the elements above it would move. */
function blockRenderUntil(last: 'log' | 'text') {
  // JSX drops `blocking`.
  return raw(`<link rel="expect" href="#${last}" blocking="render"/>`)
}

export function Layout({ title, asset, script, bodyClass, appearance, data, head, children }: LayoutProps) {
  const isRoom = script !== undefined && ROOM_SCRIPTS.includes(script)
  return (
    <html lang="en" {...(appearance && appearanceData(appearance))}>
      <head>
        <meta charset="utf-8" />
        <title>{title}</title>
        <meta
          name="viewport"
          content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
        />
        <meta
          name="color-scheme"
          content={appearance && appearance.theme !== 'auto' ? appearance.theme : 'light dark'}
        />
        <meta name="theme-color" content="#fbf8f4" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#191614" media="(prefers-color-scheme: dark)" />
        {!appearance && <link rel="manifest" href="/manifest.webmanifest" />}
        {!appearance && <link rel="apple-touch-icon" href={asset('icon-180.png')} />}
        <link
          rel="icon"
          href={asset('icon.svg')}
          type="image/svg+xml"
          data-unread={isRoom ? asset('icon-unread.svg') : undefined}
        />
        <link rel="stylesheet" href={asset('snug.css')} />
        {appearance && <AppearanceStylesheets asset={asset} appearance={appearance} />}
        {isRoom && blockRenderUntil(appearance?.readOnly ? 'log' : 'text')}
        {isRoom && <meta name="htmx-config" content={appearance ? EMBED_HTMX_CONFIG : HTMX_CONFIG} />}
        {script && (
          <script src={asset(script)} defer data-lazy-script={isRoom ? asset('lazy.js') : undefined} />
        )}
        {head}
      </head>
      <body class={bodyClass} {...data}>
        {children}
      </body>
    </html>
  )
}

export function renderPage(element: ReturnType<typeof Layout>): string {
  return `<!doctype html>${element}`
}
