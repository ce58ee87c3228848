import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { browserTests } from '../../support/browser/browser.ts'
import { computedStyle } from '../../support/browser/person.ts'
import { assertFits, onEachScreen } from '../../support/browser/screens.ts'
import { watchShifts } from '../../support/browser/shifts.ts'
import { CuttingProxy } from '../../support/http/cutting-proxy.ts'
import { startServer } from '../../support/http/server.ts'

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
    const [sheet, box] = [await ada.page.locator('.share .panel').boundingBox(), await code.boundingBox()]
    assert.ok(screen && sheet && box && sheet.x >= 0 && sheet.x + sheet.width <= screen.width, where)
    assert.ok(box.width >= 150 && box.width === box.height, where)
    await assertFits(ada.page, where)
    await ada.page.keyboard.press('Escape')
    await code.waitFor({ state: 'hidden' })
  })
})

browserTest('a room whose page comes in pieces is drawn once it is whole', async (t, come) => {
  const { url } = await startServer(t)
  // Hands on all that there is, and the room's page in two pieces, of which the first ends within the head.
  const rest = Promise.withResolvers<void>()
  const slow = createServer(async ({ url: path = '', headers }, response) => {
    const answer = await fetch(url + path, { headers: { Accept: headers.accept ?? '*/*' } })
    const type = answer.headers.get('content-type') ?? ''
    response.writeHead(answer.status, { 'Content-Type': type })
    if (path !== '/r/tea') return response.end(Buffer.from(await answer.arrayBuffer()))
    const [first = '', ...pieces] = (await answer.text()).split(/(?=<form[^>]*leave)/)
    response.write(first)
    await rest.promise
    response.end(pieces.join(''))
  })
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    slow.close()
    slow.closeAllConnections()
  })
  const [ada, bo] = [await come({ viewport: { width: 360, height: 740 } }), await come()]
  await ada.page.route(/\/events\?/, (route) => route.abort())
  ada.expectErrors(/ERR_FAILED/, /^htmx: htmx:(sse:)?error/)
  await ada.goto(`http://127.0.0.1:${(slow.address() as AddressInfo).port}/r/tea`)
  const shifts = await watchShifts(ada)
  await ada.page.waitForFunction(
    "[...document.querySelectorAll('link[rel=stylesheet]')].every(({ sheet }) => sheet)",
  )
  // In this time Chromium loads and draws another page: it would draw the first piece of this one too.
  await bo.enter(`${url}/r/tea`)
  rest.resolve()
  await ada.field.waitFor()
  await ada.waitForStatus('reconnecting')
  assert.deepEqual(await shifts(), [])
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
    await ada.waitUntilLive()
    await drawn()
    assert.deepEqual(await shifts(), [])
  },
)

browserTest('how the connection is can be read on every screen, and moves nothing', async (t, come) => {
  const { url } = await startServer(t)
  const proxy = await CuttingProxy.start(t, url)
  const ada = await come({ viewport: { width: 360, height: 740 } })
  ada.expectErrors(/^Failed to load resource: net::ERR_/, /^htmx: htmx:(sse:)?error/)
  await ada.enter(`${proxy.url}/r/tea`)
  const shifts = await watchShifts(ada)
  const status = ada.page.locator('#status')
  const live = await computedStyle(status, 'color')
  proxy.refusing = true
  proxy.cut()
  await ada.waitForStatus('reconnecting')
  assert.notEqual(await computedStyle(status, 'color'), live)
  assert.deepEqual(await shifts(), [])
  await onEachScreen(ada, async (where) => {
    const box = await status.getByText('reconnecting…').boundingBox()
    const screen = ada.page.viewportSize()
    assert.ok(box && screen && box.x > 0 && box.x + box.width < screen.width && box.y < 100, where)
    await assertFits(ada.page, where)
  })
  proxy.refusing = false
  await ada.waitUntilLive()
})
