import assert from 'node:assert/strict'
import { browserTests } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import type { Person } from '../support/person.ts'
import { startServer } from '../support/server.ts'

const inChromium = browserTests()

const PHONE = { viewport: { width: 360, height: 740 } }

/** How far what the reader looks at moves by itself: Layout Instability API, the sum of all values. */
async function watchShifts({ page }: Person): Promise<() => Promise<number>> {
  await page.evaluate(`globalThis.shifted = 0
    new PerformanceObserver((list) => {
      for (const { value } of list.getEntries()) shifted += value
    }).observe({ type: 'layout-shift' })`)
  return () => page.evaluate('shifted')
}

/** Types something, so that what those who write need is there. */
async function writes({ page, field }: Person): Promise<void> {
  const brought = page.waitForResponse('**/later.js')
  await field.fill('something')
  await (await brought).finished()
  await page.locator('.left').waitFor({ state: 'attached' })
}

inChromium(
  'one author’s messages read as one, another’s begin anew, and a day has its line',
  async (t, come) => {
    const { url } = await startServer(t)
    const [ada, ben] = [await come(), await come()]
    await ada.enter(`${url}/r/tea`)
    await ben.enter(`${url}/r/tea`)
    for (const text of ['first', 'second']) await ada.says(text)
    await ben.message('second').waitFor()
    await ben.says('third')
    await ada.message('third').waitFor()
    const height = (text: string) =>
      ada
        .message(text)
        .locator('b')
        .evaluate((name) => name.clientHeight || name.getBoundingClientRect().height)
    assert.ok((await height('first')) > 10)
    assert.ok((await height('second')) <= 1)
    assert.ok((await height('third')) > 10)
    assert.equal(await ada.page.locator('.day').count(), 1)
    assert.match((await ada.message('first').locator('time').getAttribute('title')) ?? '', /20\d\d/)
  },
)

inChromium('a reader further up is told of new messages and not moved', async (t, come) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await come(PHONE), await come(PHONE)]
  await ada.enter(`${url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  for (let n = 0; n < 20; n++) await ben.says(`line ${n}`)
  await ada.message('line 19').waitFor()
  const scroller = ada.page.locator('.scroller')
  await scroller.evaluate((element) => element.scrollTo(0, -300))
  const shown = ada.message('line 10')
  const before = (await shown.boundingBox())?.y ?? 0
  const shifts = await watchShifts(ada)
  for (let n = 0; n < 3; n++) await ben.says(`new ${n}`)
  const jump = ada.page.locator('.jump')
  await jump.filter({ hasText: '3 new messages' }).waitFor()
  assert.ok(Math.abs(((await shown.boundingBox())?.y ?? 0) - before) <= 1)
  assert.equal(await shifts(), 0)
  assert.match(await ada.page.title(), /^\(3\) /)
  assert.match((await ada.page.locator('link[rel=icon]').getAttribute('href')) ?? '', /unread/)
  assert.equal(
    await ada.page.locator('.new + .message').textContent(),
    await ada.message('new 0').textContent(),
  )
  await jump.click()
  await eventually(async () => assert.doesNotMatch(await ada.page.title(), /^\(/))
  await jump.waitFor({ state: 'hidden' })
})

inChromium('nothing shifts while messages arrive', async (t, come) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await come(PHONE), await come(PHONE)]
  await ada.enter(`${url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  for (let n = 0; n < 20; n++) await ben.says(`line ${n}`)
  await ada.message('line 19').waitFor()
  const shifts = await watchShifts(ada)
  for (let n = 0; n < 5; n++) await ben.says(`more ${n}`)
  await ada.message('more 4').waitFor()
  // What scrolls by at the end of a log is meant to move: the head and the composer are not.
  assert.ok((await shifts()) < 0.5)
  const bottom = await ada.page.locator('.scroller').evaluate((element) => element.scrollTop)
  assert.equal(bottom, 0)
})

inChromium('what is sent shows at once, and gives way to the real message', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come()
  await ada.enter(`${url}/r/tea`)
  const held = Promise.withResolvers<void>()
  await ada.page.route('**/messages', async (route) => {
    await held.promise
    await route.continue()
  })
  await writes(ada)
  await ada.says('soon')
  await ada.page.locator('.pending').filter({ hasText: 'soon' }).waitFor()
  assert.equal(await ada.messages.count(), 0)
  held.resolve()
  await ada.message('soon').waitFor()
  await ada.page.locator('.pending').waitFor({ state: 'detached' })
  assert.equal(await ada.messages.count(), 1)
})

inChromium('a message that comes before the answer to its post shows once', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come()
  await ada.enter(`${url}/r/tea`)
  const held = Promise.withResolvers<void>()
  await ada.page.route('**/messages', async (route) => {
    const response = await route.fetch()
    await held.promise
    await route.fulfill({ response })
  })
  await writes(ada)
  await ada.says('*soon* `there`')
  await ada.message('soon').waitFor()
  assert.equal(await ada.page.locator('.pending').count(), 0)
  held.resolve()
  await ada.says('and then')
  await ada.sees('soon there', 'and then')
  await ada.page.locator('.pending').waitFor({ state: 'detached' })
})

inChromium('who is ignored is hidden here alone, over a reload, until shown again', async (t, come) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await come(), await come()]
  await ada.enter(`${url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  await ben.says('noise')
  await ada.message('noise').locator('bdi').click()
  await ada.page.locator('#ask button').first().click()
  await ada.message('noise').waitFor({ state: 'hidden' })
  await ada.page.reload({ waitUntil: 'commit' })
  await ada.isLive()
  await ben.says('more noise')
  await ada.message('more noise').waitFor({ state: 'attached' })
  assert.equal(await ada.message('more noise').isVisible(), false)
  assert.equal(await ben.message('more noise').isVisible(), true)
  await ada.page.locator('.ignored button').click()
  await ada.message('more noise').waitFor()
})

inChromium('how many are here changes as they come and go', async (t, come) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await come(), await come()]
  await ada.enter(`${url}/r/tea`)
  const here = (count: number) => ada.page.locator('#here', { hasText: new RegExp(`^${count}$`) }).waitFor()
  await here(1)
  await ben.enter(`${url}/r/tea`)
  await here(2)
  await ben.page.click('text=Leave')
  await ben.page.waitForURL(`${url}/`)
  await here(1)
})
