import assert from 'node:assert/strict'
import type { BrowserContextOptions } from 'playwright-core'
import { browserTests } from '../support/browser.ts'
import { fits } from '../support/fits.ts'
import { computed } from '../support/person.ts'
import { startServer } from '../support/server.ts'

const browserTest = browserTests()

const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }

/** Texts that are wider than any small screen. */
const WIDE = [
  'w'.repeat(300),
  `https://example.org/${'path/'.repeat(40)}`,
  `\`\`\`\n${'a line of code '.repeat(20)}\n\`\`\``,
  `\`${'x'.repeat(200)}\``,
]

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with scripts' : 'without scripts'
  browserTest(`nothing scrolls sideways on small screens, ${how}`, async (t, come) => {
    const { url } = await startServer(t)
    const [ada, bo] = [await come({ ...PHONE, javaScriptEnabled }), await come()]
    await ada.goto(url)
    await ada.page.getByRole('heading', { name: 'Snug' }).waitFor()
    await fits(ada.page)
    const room = `${url}/r/${'a-very-long-name-of-a-room-'.repeat(2).slice(0, 48)}`
    await ada.enter(room)
    await fits(ada.page)
    await bo.enter(room)
    for (const text of WIDE) {
      await bo.says(text)
      await bo.holds('')
    }
    await bo.says('the last')
    await ada.message('the last').waitFor()
    await fits(ada.page)
    await ada.page.getByText('Share').click()
    const sheet = await ada.page.locator('.sheet').boundingBox()
    assert.ok(sheet && sheet.x >= 0 && sheet.x + sheet.width <= 360, `the sheet is at ${sheet?.x}`)
    await fits(ada.page)
    await ada.page.setViewportSize({ width: 320, height: 568 })
    await fits(ada.page)
  })
}

browserTest('on a phone Enter breaks the line and the button sends', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come(PHONE)
  await ada.enter(`${url}/r/phone`)
  await ada.field.pressSequentially('one')
  await ada.field.press('Enter')
  await ada.field.pressSequentially('two')
  await ada.page.getByRole('button', { name: 'Send' }).tap()
  await ada.sees('one\ntwo')
  await ada.page.keyboard.type('the keyboard stays')
  await ada.holds('the keyboard stays')
})

browserTest('who prefers the dark gets it, in frames too', async (t, come) => {
  const { url } = await startServer(t)
  for (const javaScriptEnabled of [true, false]) {
    const ada = await come({ javaScriptEnabled, colorScheme: 'light' })
    await ada.enter(`${url}/r/night`)
    const colours = async () => ({
      page: await computed(ada.page.locator('body'), 'backgroundColor'),
      frame: await computed(ada.log.locator('xpath=ancestor::body'), 'backgroundColor'),
      ink: await computed(ada.log, 'color'),
    })
    const day = await colours()
    await ada.page.emulateMedia({ colorScheme: 'dark' })
    const night = await colours()
    for (const part of ['page', 'frame', 'ink'] as const) assert.notEqual(night[part], day[part])
    assert.equal(night.page, night.frame)
  }
})

browserTest('the log stays at its end while messages come, until its reader scrolls up', async (t, come) => {
  const { url } = await startServer(t)
  const [ada, bo] = [await come({ viewport: { width: 800, height: 500 } }), await come()]
  await ada.enter(`${url}/r/end`)
  await bo.enter(`${url}/r/end`)
  for (let i = 0; i < 12; i++) {
    await bo.says(`message ${i}`)
    await bo.holds('')
  }
  await ada.message('message 11').waitFor()
  const inView = (text: string) =>
    ada.message(text).evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect()
      const scroller = element.closest('.scroller').getBoundingClientRect()
      return top >= scroller.top - 1 && bottom <= scroller.bottom + 1
    })
  assert.ok(await inView('message 11'))
  assert.ok(!(await inView('message 0')))
  await ada.message('message 0').scrollIntoViewIfNeeded()
  await bo.says('unseen')
  await ada.message('unseen').waitFor()
  assert.ok(await inView('message 0'))
  assert.ok(!(await inView('unseen')))
})
