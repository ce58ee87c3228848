import assert from 'node:assert/strict'
import type { Locator } from 'playwright-core'
import { browserTests } from '../../support/browser/browser.ts'
import { converse } from '../../support/browser/conversation.ts'
import { computedStyle, type Person } from '../../support/browser/person.ts'
import { contrast } from '../../support/browser/screens.ts'
import { startServer, type TestServer } from '../../support/http/server.ts'

const browserTest = browserTests()

/** Lets two people fill a room with messages of all kinds. */
async function fillRoom({ url }: TestServer, ada: Person, ben: Person): Promise<void> {
  await ada.enter(`${url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  await converse(ada, ben)
}

const contrastOf = async (bubble: Locator) =>
  contrast(await computedStyle(bubble, 'color'), await computedStyle(bubble, 'backgroundColor'))

browserTest('a reader who prefers a dark theme gets it, in frames too', async (t, openPerson) => {
  const { url } = await startServer(t)
  for (const javaScriptEnabled of [true, false]) {
    const ada = await openPerson({ javaScriptEnabled, colorScheme: 'light' })
    await ada.enter(`${url}/r/night`)
    const colours = async () => ({
      page: await computedStyle(ada.page.locator('body'), 'backgroundColor'),
      frame: await computedStyle(ada.messageLog.locator('xpath=ancestor::body'), 'backgroundColor'),
      text: await computedStyle(ada.messageLog, 'color'),
    })
    const day = await colours()
    await ada.page.emulateMedia({ colorScheme: 'dark' })
    const night = await colours()
    for (const part of ['page', 'frame', 'text'] as const) assert.notEqual(night[part], day[part])
    assert.equal(night.page, night.frame)
  }
})

browserTest(
  'a reader who prefers more contrast gets it, in the light and in the dark theme',
  async (t, openPerson) => {
    const server = await startServer(t)
    const [ada, ben] = [await openPerson(), await openPerson()]
    await fillRoom(server, ada, ben)
    const [own, other] = [
      ada.message('blue kettle').locator('> div'),
      ada.message('Tea in ten').locator('> div'),
    ]
    const hint = ada.page.locator('.retention-note')
    const body = ada.page.locator('body')
    const measure = async () => [
      await contrastOf(own),
      await contrastOf(other),
      contrast(await computedStyle(hint, 'color'), await computedStyle(body, 'backgroundColor')),
    ]
    for (const colorScheme of ['light', 'dark'] as const) {
      await ada.page.emulateMedia({ colorScheme, contrast: 'no-preference' })
      const plain = await measure()
      for (const ratio of plain) assert.ok(ratio >= 4.5, `${colorScheme}: ${ratio}`)
      await ada.page.emulateMedia({ colorScheme, contrast: 'more' })
      const more = await measure()
      for (const [at, ratio] of more.entries()) {
        assert.ok(ratio >= 7 && ratio >= (plain[at] ?? 0), `${colorScheme}: ${ratio} after ${plain[at]}`)
      }
    }
  },
)

browserTest('a reader who prefers reduced motion sees no animation', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await openPerson(), await openPerson()]
  await ada.enter(`${url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  await ben.posts('it moves')
  assert.equal(await computedStyle(ada.message('it moves'), 'animationName'), 'arrive')
  await ada.page.emulateMedia({ reducedMotion: 'reduce' })
  await ben.posts('it stands')
  for (const text of ['it moves', 'it stands']) {
    assert.equal(await computedStyle(ada.message(text), 'animationName'), 'none')
  }
})

browserTest(
  'with forced colours, bubbles, buttons and the status keep their shape',
  async (t, openPerson) => {
    const server = await startServer(t)
    const [ada, ben] = [await openPerson(), await openPerson()]
    await fillRoom(server, ada, ben)
    await ada.page.emulateMedia({ forcedColors: 'active' })
    const edged = [ada.messages.first().locator('> div'), ada.page.locator('.share > summary'), ada.field]
    for (const part of edged) {
      assert.equal(await computedStyle(part, 'borderTopStyle'), 'solid')
      assert.notEqual(
        await computedStyle(part, 'borderTopColor'),
        await computedStyle(part, 'backgroundColor'),
      )
    }
    const dot = await ada.page.evaluate<string>(
      "getComputedStyle(document.getElementById('status'), '::before').backgroundColor",
    )
    assert.notEqual(dot, await computedStyle(ada.page.locator('.header'), 'backgroundColor'))
    await ada.field.focus()
    assert.equal(await computedStyle(ada.field, 'outlineStyle'), 'solid')
  },
)

browserTest('a printed log is complete and readable, and has no controls', async (t, openPerson) => {
  const server = await startServer(t)
  const [ada, ben] = [
    await openPerson({ viewport: { width: 800, height: 400 }, colorScheme: 'dark' }),
    await openPerson(),
  ]
  await fillRoom(server, ada, ben)
  await ada.page.emulateMedia({ media: 'print', colorScheme: 'dark' })
  assert.equal(await ada.page.locator('button:visible, summary:visible, textarea:visible').count(), 0)
  const heights = await ada.page.evaluate<[number, number]>(
    "[document.getElementById('log').scrollHeight, document.scrollingElement.scrollHeight]",
  )
  assert.ok(heights[0] > 400 && heights[1] >= heights[0], heights.join(' in '))
  let above = 0
  for (const message of await ada.messages.all()) {
    const box = await message.boundingBox()
    assert.ok(box && box.y >= above, 'one below the other')
    above = box.y + box.height - 1
  }
  // Browsers do not print backgrounds: the text must be readable on white.
  for (const text of ['blue kettle', 'Tea in ten']) {
    const colour = await computedStyle(ada.message(text).locator('> div'), 'color')
    assert.ok(contrast(colour, 'rgb(255, 255, 255)') >= 7, colour)
  }
})
