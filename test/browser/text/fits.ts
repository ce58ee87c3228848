import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'

/** Fails when the page, or a frame in it, scrolls sideways. */
export async function assertPageFits(page: Page): Promise<void> {
  const screen = page.viewportSize()?.width ?? 0
  for (const frame of page.frames()) {
    const width = await frame.evaluate<number>('document.scrollingElement.scrollWidth')
    assert.ok(width <= screen, `${frame.url()} is ${width} wide on a screen of ${screen}`)
  }
}
