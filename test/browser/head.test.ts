import assert from 'node:assert/strict'
import { browserTests } from '../support/browser.ts'
import { CuttingProxy } from '../support/cutting-proxy.ts'
import { computed } from '../support/person.ts'
import { fits, onEachScreen } from '../support/screens.ts'
import { startServer } from '../support/server.ts'
import { watchShifts } from '../support/shifts.ts'

const browserTest = browserTests()

browserTest('the room’s name, its link and the way out are there on every screen', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come()
  await ada.enter(`${url}/r/tea`)
  const share = ada.page.locator('.share > summary')
  await onEachScreen(ada, async (where) => {
    const screen = ada.page.viewportSize()
    for (const part of [ada.page.getByRole('heading', { name: 'tea' }), share, ada.page.getByText('Leave')]) {
      const box = await part.boundingBox()
      assert.ok(box && screen && box.x >= 0 && box.x + box.width <= screen.width && box.y < 60, where)
    }
    await share.click()
    const code = ada.page.locator('.qr')
    await code.waitFor()
    const [sheet, box] = [await ada.page.locator('.share .sheet').boundingBox(), await code.boundingBox()]
    assert.ok(screen && sheet && box && sheet.x >= 0 && sheet.x + sheet.width <= screen.width, where)
    assert.ok(box.width >= 150 && box.width === box.height, where)
    await fits(ada.page, where)
    await ada.page.keyboard.press('Escape')
    await code.waitFor({ state: 'hidden' })
  })
})

browserTest(
  'a connection that is late says so, and that it is there then, and moves nothing',
  async (t, come) => {
    const { url } = await startServer(t)
    const ada = await come({ viewport: { width: 1280, height: 800 } })
    const answer = Promise.withResolvers<void>()
    await ada.page.route(/\/events\?/, async (route) => {
      await answer.promise
      await route.continue()
    })
    await ada.goto(`${url}/r/tea`)
    const shifts = await watchShifts(ada)
    const drawn = () =>
      ada.page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))')
    await ada.page.getByText('connecting…').waitFor()
    await drawn()
    answer.resolve()
    await ada.isLive()
    await drawn()
    assert.deepEqual(await shifts(), [])
  },
)

browserTest('how the connection is can be read on every screen, and moves nothing', async (t, come) => {
  const { url } = await startServer(t)
  const proxy = await CuttingProxy.start(t, url)
  const ada = await come({ viewport: { width: 360, height: 740 } })
  ada.announce(/^Failed to load resource: net::ERR_/, /^htmx: htmx:(sse:)?error/)
  await ada.enter(`${proxy.url}/r/tea`)
  const shifts = await watchShifts(ada)
  const status = ada.page.locator('#status')
  const live = await computed(status, 'color')
  proxy.refusing = true
  proxy.cut()
  await ada.isTold('reconnecting')
  assert.notEqual(await computed(status, 'color'), live)
  assert.deepEqual(await shifts(), [])
  await onEachScreen(ada, async (where) => {
    const box = await status.getByText('reconnecting…').boundingBox()
    const screen = ada.page.viewportSize()
    assert.ok(box && screen && box.x > 0 && box.x + box.width < screen.width && box.y < 100, where)
    await fits(ada.page, where)
  })
  proxy.refusing = false
  await ada.isLive()
})
