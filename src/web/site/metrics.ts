import { Hono } from 'hono'
import type { GaugeSources, Gauges } from './gauges.ts'

/** The metrics of this process in the text format of Prometheus. */
export function metricsRoutes(sources: GaugeSources): Hono {
  const routes = new Hono()
  let gauges: Promise<Gauges> | undefined
  routes.get('/metrics', async (c) => {
    // Loaded at the first request: most servers never get one, and start faster without it.
    gauges ??= import('./gauges.ts').then(({ openGauges }) => openGauges(sources))
    const { contentType, text } = await gauges
    return c.body(await text(), 200, { 'Content-Type': contentType })
  })
  return routes
}
