import { Hono } from 'hono'
import type { GaugeSources, Gauges } from './gauges.ts'

/** How this process does, for Prometheus and whatever reads its text. */
export function metricsRoutes(measured: GaugeSources): Hono {
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
