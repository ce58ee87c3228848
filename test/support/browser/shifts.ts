import type { Person } from './person.ts'

/**
 * Watches what moves by itself, from the page's beginning on: the Layout Instability API. What moves just after
 * somebody typed or clicked counts as well.
 * @returns tells what moved so far, and how much of the screen that was
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
