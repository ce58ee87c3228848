import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import type { Person } from './person.ts'

const SCREENS = [
  { width: 360, height: 740 },
  { width: 820, height: 1180 },
  { width: 1280, height: 800 },
]

/** Runs `check` with the size of a phone, a tablet and a desktop, in the light and in the dark theme. */
export async function onEachScreen({ page }: Person, check: (where: string) => Promise<void>): Promise<void> {
  for (const screen of SCREENS) {
    await page.setViewportSize(screen)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await check(`${screen.width}×${screen.height}, ${colorScheme}`)
    }
  }
}

/** Fails if the page, or a frame in it, scrolls sideways. */
export async function assertFits(page: Page, where = ''): Promise<void> {
  const screen = page.viewportSize()?.width ?? 0
  for (const frame of page.frames()) {
    const width = await frame.evaluate<number>('document.scrollingElement.scrollWidth')
    assert.ok(width <= screen, `${where}: ${frame.url()} is ${width} wide on a screen of ${screen}`)
  }
}

// The element at the middle of a control must be part of the control, or must contain it.
const UNREACHABLE = `[...document.querySelectorAll('a, button, input:not([type=hidden]), textarea, summary')]
  .filter((control) => control.checkVisibility() && !control.matches('.skip-link'))
  .filter((control) => {
    control.scrollIntoView({ block: 'nearest' })
    const { left, right } = control.getBoundingClientRect()
    // A link may have several lines and be higher than the log: one visible line is enough.
    const seen = [...control.getClientRects()].some((line) => {
      const hit = document.elementFromPoint((line.left + line.right) / 2, (line.top + line.bottom) / 2)
      return control.contains(hit) || control.closest('label')?.contains(hit)
    })
    return left < 0 || right > innerWidth || !seen
  })
  .map((control) => control.outerHTML.slice(0, 100))`

/** Fails if a control is cut off, or covered by something else. */
export async function assertAllReachable(page: Page, where: string): Promise<void> {
  assert.deepEqual(await page.evaluate(UNREACHABLE), [], where)
}

/** The contrast ratio of two computed colours, from 1 to 21, as WCAG 2.2 defines it. */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)
}

function luminance(colour: string): number {
  const [red, green, blue] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
    const share = Number(part) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0)
}
