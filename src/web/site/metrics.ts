import { Hono } from 'hono'
import type { Chat } from '../../chat/chat.ts'
import type { Streams } from '../stream/streams.ts'
import type { Gauges } from './gauges.ts'

/** What is told of this process, https://prometheus.io/docs/instrumenting/exposition_formats: numbers alone, no names. */
export interface Measured {
  readonly chat: Pick<Chat, 'hub'>
  readonly streams: Streams
  readonly version: string
}

/** How this process does, for Prometheus and whatever reads its text. */
export function metricsRoutes(measured: Measured): Hono {
  const routes = new Hono()
  let gauges: Promise<Gauges> | undefined
  routes.get('/metrics', async (c) => {
    // Loaded where somebody asks: most servers are never asked, and start sooner without.
    gauges ??= import('./gauges.ts').then(({ openGauges }) => openGauges(measured))
    const { contentType, text } = await gauges
    return c.body(await text(), 200, { 'Content-Type': contentType })
  })
  return routes
}
