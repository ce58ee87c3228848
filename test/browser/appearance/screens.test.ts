import assert from 'node:assert/strict'
import type { BrowserContextOptions } from 'playwright-core'
import { browserTests } from '../../support/browser/browser.ts'
import { converse } from '../../support/browser/conversation.ts'
import { computedStyle, type Person } from '../../support/browser/person.ts'
import { assertAllReachable, assertFits, onEachScreen } from '../../support/browser/screens.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }
const LONG_NAME = 'a-very-long-name-of-a-room-'.repeat(2).slice(0, 48)

/** Screens that are small, wide, in landscape, with an open keyboard, and a desktop of 1280×1024 at 400 % zoom. */
const UNUSUAL = [
  { width: 320, height: 568 },
  { width: 3440, height: 1440 },
  { width: 740, height: 360 },
  { width: 740, height: 180 },
  { width: 360, height: 400 },
  { width: 320, height: 256 },
]

/** Fails unless the composer is visible and usable, with a part of the log above it. */
async function assertWritable({ page, messageLog, field }: Person, where: string): Promise<void> {
  const screen = page.viewportSize()
  const send = await page.getByRole('button', { name: 'Send' }).boundingBox()
  const box = await field.boundingBox()
  const log = await messageLog.locator('xpath=ancestor::*[contains(@class, "scroller")]').boundingBox()
  assert.ok(screen && send && box && log, where)
  assert.ok(send.y + send.height <= screen.height && box.y + box.height <= screen.height, `${where}: below`)
  assert.ok(box.width >= 160 && box.height >= 40 && send.height >= 40, `${where}: small`)
  assert.ok(log.height >= 50 && log.y + log.height <= box.y, `${where}: the log is ${log.height} high`)
  assert.ok(Number.parseFloat(await computedStyle(field, 'fontSize')) >= 16, `${where}: phones would zoom in`)
}

browserTest('a busy room is readable and usable on every screen', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, bo] = [await openPerson(), await openPerson()]
  const room = `${url}/r/${LONG_NAME}`
  await ada.enter(room)
  await bo.enter(room)
  await converse(ada, bo)
  const check = async (where: string) => {
    await assertFits(ada.page, where)
    await assertWritable(ada, where)
    await assertAllReachable(ada.page, where)
  }
  await onEachScreen(ada, check)
  for (const screen of UNUSUAL) {
    await ada.page.setViewportSize(screen)
    await check(`${screen.width}×${screen.height}`)
  }
  // A panel that is higher than the screen scrolls.
  await ada.page.locator('.share > summary').click()
  for (const screen of [...UNUSUAL, { width: 360, height: 740 }]) {
    await ada.page.setViewportSize(screen)
    const panel = await ada.page.locator('.share .panel').boundingBox()
    const where = `${screen.width}×${screen.height}`
    assert.ok(panel && panel.x >= 0 && panel.x + panel.width <= screen.width, where)
    assert.ok(
      panel.y + panel.height <= screen.height,
      `${where}: the panel ends at ${panel.y + panel.height}`,
    )
    await assertFits(ada.page, where)
  }
})

browserTest('the other pages are readable and usable on every screen', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  ada.expectErrors(/status of 404/)
  for (const path of ['/', '/about', '/nothing']) {
    await ada.page.goto(url + path)
    const check = async (where: string) => {
      await assertFits(ada.page, `${path} ${where}`)
      await assertAllReachable(ada.page, `${path} ${where}`)
    }
    await onEachScreen(ada, check)
    for (const screen of UNUSUAL) {
      await ada.page.setViewportSize(screen)
      await check(`${screen.width}×${screen.height}`)
    }
  }
})

browserTest('nothing scrolls sideways on a phone without scripts', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, bo] = [await openPerson({ ...PHONE, javaScriptEnabled: false }), await openPerson()]
  await ada.enter(`${url}/r/${LONG_NAME}`)
  await bo.enter(`${url}/r/${LONG_NAME}`)
  await converse(bo, bo)
  await ada.message('Tea in ten').waitFor()
  await assertFits(ada.page)
  await ada.page.setViewportSize({ width: 320, height: 568 })
  await assertFits(ada.page)
})

browserTest('the notch and the bar of a phone cover nothing', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson({ ...PHONE, viewport: { width: 740, height: 360 } })
  await ada.enter(`${url}/r/tea`)
  await ada.field.fill('at the edge')
  await ada.page.getByRole('button', { name: 'Send' }).tap()
  await ada.sees('at the edge')
  const device = await ada.context.newCDPSession(ada.page)
  await device.send('Emulation.setSafeAreaInsetsOverride', {
    insets: { left: 50, right: 50, bottom: 20, top: 10 },
  })
  const parts = ['.header .home-link', '.header button', '.composer > button', '#text', '.message > div']
  for (const part of parts) {
    const box = await ada.page.locator(part).last().boundingBox()
    assert.ok(box && box.x >= 50 && box.x + box.width <= 690, `${part} ${JSON.stringify(box)}`)
    assert.ok(box.y >= 10 && box.y + box.height <= 340, `${part} ${JSON.stringify(box)}`)
  }
})
