import type { Person } from './person.ts'

/**
 * Watches for layout shifts since the page began (Layout Instability API), also for those just after typing or a click.
 * @returns lists the shifts so far: the share of the screen, and the elements that moved
 */
export async function watchShifts({ page }: Person): Promise<() => Promise<string[]>> {
  await page.evaluate(`globalThis.shifts = []
    new PerformanceObserver((list) => {
      for (const { value, sources } of list.getEntries()) {
        shifts.push(value.toFixed(5) + ' ' + sources.map(({ node }) => node?.id || node?.className || node?.nodeName))
      }
    }).observe({ type: 'layout-shift', buffered: true })`)
  return () => page.evaluate('shifts')
}
