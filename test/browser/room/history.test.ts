import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { eventually } from '../../support/eventually.ts'
import { numberedLines, postTexts } from '../../support/http/post-texts.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const browserTest = browserTests()

const SIZES = [
  { width: 360, height: 740 },
  { width: 1280, height: 800 },
]

/** Sums the layout shifts from now on (Layout Instability API). */
async function watchShifts({ page }: Person): Promise<() => Promise<number>> {
  await page.evaluate(`globalThis.shifted = 0
    new PerformanceObserver((list) => {
      for (const { value } of list.getEntries()) shifted += value
    }).observe({ type: 'layout-shift' })`)
  return () => page.evaluate('shifted')
}

for (const viewport of SIZES) {
  browserTest(
    `older messages are added above, and nothing moves, ${viewport.width} wide`,
    async (t, openPerson) => {
      const server = await startServer(t)
      await createKeptRoom(server, 'tea')
      const texts = numberedLines(130)
      await postTexts(new Visitor(server.url), 'tea', ...texts)
      const ada = await openPerson({ viewport })
      await ada.enter(`${server.url}/r/tea`)
      await ada.sees(...texts.slice(-50))
      const scroller = ada.page.locator('.scroller')
      assert.equal(await scroller.evaluate((element) => element.scrollTop), 0)
      const shifts = await watchShifts(ada)
      const above = ada.message('line 81').first()
      // Not as far as the link to older messages.
      await scroller.evaluate((element) =>
        element.scrollTo(0, 200 + element.clientHeight - element.scrollHeight),
      )
      const before = (await above.boundingBox())?.y ?? 0
      await scroller.evaluate((element) => element.scrollBy(0, -200))
      await ada.message('line 31').waitFor({ state: 'attached' })
      await eventually(async () => assert.equal(await ada.messages.count(), 100))
      assert.ok(Math.abs(((await above.boundingBox())?.y ?? 0) - before - 200) <= 1)
      await ada.page.mouse.move(100, 300)
      await eventually(async () => {
        await ada.page.mouse.wheel(0, -3000)
        assert.equal(await ada.messages.count(), 130)
      })
      await ada.sees(...texts)
      assert.equal(await ada.page.locator('.older').count(), 0)
      assert.equal(await shifts(), 0)
    },
  )
}

browserTest('history looks like live messages, and does not count as new', async (t, openPerson) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea')
  const visitor = new Visitor(server.url)
  await postTexts(visitor, 'tea', ...numberedLines(60))
  const ada = await openPerson({ viewport: { width: 360, height: 740 }, timezoneId: 'Asia/Tokyo' })
  await ada.enter(`${server.url}/r/tea`)
  await ada.page.locator('.older').scrollIntoViewIfNeeded()
  await eventually(async () => assert.equal(await ada.messages.count(), 60))
  assert.equal(await ada.page.locator('.day').count(), 1)
  assert.equal(await ada.page.locator('#log > .retention-note + .day').count(), 1)
  // All messages are one group. Where two pages meet, they are joined only while that is out of view.
  assert.equal(await ada.page.locator('.message.grouped').count(), 58)
  await ada.page.locator('.scroller').evaluate((element) => element.scrollTo(0, 0))
  await eventually(async () => assert.equal(await ada.page.locator('.message.grouped').count(), 59))
  assert.equal(await ada.page.locator('.message[aria-live=off]').count(), 60)
  assert.equal(await ada.page.locator('.message [role=button]').count(), 60)
  assert.doesNotMatch((await ada.messageLog.locator('time').first().textContent()) ?? '', /UTC/)
  assert.doesNotMatch(await ada.page.title(), /^\(/)
  assert.equal(await ada.page.locator('.new').count(), 0)
  assert.equal(await ada.page.locator('.jump').isVisible(), false)
  await ada.page.locator('.scroller').evaluate((element) => element.scrollTo(0, -600))
  await postTexts(visitor, 'tea', 'and now')
  await ada.page.locator('.jump', { hasText: '1 new message' }).waitFor()
  assert.equal(await ada.page.locator('.new + .message > div').textContent(), 'and now')
})
