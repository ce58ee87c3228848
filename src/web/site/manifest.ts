import { Hono } from 'hono'
import type { WebContext } from '../context.ts'

/** The manifest (W3C Web Application Manifest) with which a browser can install Snug as an app. */
export function manifestRoutes({ asset }: Pick<WebContext, 'asset'>): Hono {
  const manifest = {
    name: 'Snug',
    short_name: 'Snug',
    description: 'Name a room, share its link, and talk.',
    start_url: '/',
    scope: '/',
    display: 'standalone',
    background_color: '#fbf8f4',
    theme_color: '#fbf8f4',
    icons: [
      { src: asset('icon.svg'), sizes: 'any', type: 'image/svg+xml' },
      { src: asset('icon-512.png'), sizes: '512x512', type: 'image/png', purpose: 'any' },
      { src: asset('icon-180.png'), sizes: '180x180', type: 'image/png', purpose: 'maskable' },
    ],
  }
  const routes = new Hono()
  routes.get('/manifest.webmanifest', (c) => {
    c.header('Content-Type', 'application/manifest+json')
    c.header('Cache-Control', 'public, max-age=3600')
    return c.body(JSON.stringify(manifest))
  })
  return routes
}
