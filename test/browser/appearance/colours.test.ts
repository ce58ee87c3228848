import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { computedStyle } from '../../support/browser/person.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

/** The least contrast of normal text (WCAG 2.2, level AA). */
const CONTRAST_MIN = 4.5

// Measures the colours that the browser paints, and their contrast as WCAG 2.2 defines it.
const CONTRASTS = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const paint = (colour) => {
    canvas.fillStyle = colour
    canvas.fillRect(0, 0, 1, 1)
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3)
  }
  const light = (rgb) => rgb
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0)
  const message = document.querySelector('.message')
  const name = message.querySelector('b')
  const background = light(paint(getComputedStyle(document.body).backgroundColor))
  return [...'abcdefghijklmnopqrstuvwxyz0123456789'].map((last) => {
    message.dataset.by = 'xxxxx' + last
    const text = light(paint(getComputedStyle(name).color))
    const contrast = (Math.max(text, background) + 0.05) / (Math.min(text, background) + 0.05)
    return [last, contrast, getComputedStyle(name).color]
  })
})()`

browserTest(
  'the colour of every tag is readable, in the light and in the dark theme',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson()
    await ada.enter(`${url}/r/colours`)
    await ada.posts('hello')
    await ada.message('hello').waitFor()
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const contrast of ['no-preference', 'more'] as const) {
        await ada.page.emulateMedia({ colorScheme, contrast })
        const found = await ada.page.evaluate<[string, number, string][]>(CONTRASTS)
        for (const [last, ratio, colour] of found)
          assert.ok(ratio >= CONTRAST_MIN, `${colour} of …${last} has ${ratio.toFixed(2)}, ${colorScheme}`)
        assert.ok(new Set(found.map(([, , colour]) => colour)).size >= 12)
      }
    }
  },
)

browserTest('own emoji, which have no bubble, have the colour of text', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  await ada.enter(`${url}/r/tea`)
  await ada.posts('👍')
  const emoji = ada.message('👍').locator('> div')
  assert.equal(await computedStyle(emoji, 'color'), await computedStyle(ada.page.locator('body'), 'color'))
})
