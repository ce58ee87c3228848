import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { browserTests } from '../../support/browser/browser.ts'
import { computedStyle } from '../../support/browser/person.ts'
import { assertFits, onEachScreen } from '../../support/browser/screens.ts'
import { watchShifts } from '../../support/browser/shifts.ts'
import { eventually } from '../../support/eventually.ts'
import { CuttingProxy } from '../../support/http/cutting-proxy.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

browserTest(
  'the name of the room, its link and the Leave button fit on every screen',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson()
    await ada.enter(`${url}/r/tea`)
    const share = ada.page.locator('.share > summary')
    await onEachScreen(ada, async (where) => {
      const screen = ada.page.viewportSize()
      for (const part of [
        ada.page.getByRole('heading', { name: 'tea' }),
        share,
        ada.page.getByText('Leave'),
      ]) {
        const box = await part.boundingBox()
        assert.ok(box && screen && box.x >= 0 && box.x + box.width <= screen.width && box.y < 60, where)
      }
      await share.click()
      const code = ada.page.locator('.qr')
      await code.waitFor()
      const [panel, box] = [await ada.page.locator('.share .panel').boundingBox(), await code.boundingBox()]
      assert.ok(screen && panel && box && panel.x >= 0 && panel.x + panel.width <= screen.width, where)
      assert.ok(box.width >= 150 && box.width === box.height, where)
      await assertFits(ada.page, where)
      await ada.page.keyboard.press('Escape')
      await code.waitFor({ state: 'hidden' })
    })
  },
)

browserTest('a room’s page that comes in pieces is drawn only when it is complete', async (t, openPerson) => {
  const { url } = await startServer(t)
  // A proxy that sends the room's page in two pieces. The first piece ends within the header.
  const rest = Promise.withResolvers<void>()
  const slow = createServer(async ({ url: path = '', headers }, response) => {
    const received = await fetch(url + path, { headers: { Accept: headers.accept ?? '*/*' } })
    const type = received.headers.get('content-type') ?? ''
    response.writeHead(received.status, { 'Content-Type': type })
    if (path !== '/r/tea') return response.end(Buffer.from(await received.arrayBuffer()))
    const [first = '', ...pieces] = (await received.text()).split(/(?=<form[^>]*leave)/)
    response.write(first)
    await rest.promise
    response.end(pieces.join(''))
  })
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    slow.close()
    slow.closeAllConnections()
  })
  const [ada, bo] = [await openPerson({ viewport: { width: 360, height: 740 } }), await openPerson()]
  await ada.page.route(/\/events\?/, (route) => route.abort())
  ada.expectErrors(/ERR_FAILED/, /^htmx: htmx:(sse:)?error/)
  await ada.goto(`http://127.0.0.1:${(slow.address() as AddressInfo).port}/r/tea`)
  const shifts = await watchShifts(ada)
  const isStyled = "[...document.querySelectorAll('link[rel=stylesheet]')].every(({ sheet }) => sheet)"
  await eventually(async () => assert.ok(await ada.page.evaluate(isStyled)))
  // In this time Chromium loads and draws another page: it could draw the first piece of this one too.
  await bo.enter(`${url}/r/tea`)
  rest.resolve()
  await ada.field.waitFor()
  await ada.waitForStatus('reconnecting')
  assert.deepEqual(await shifts(), [])
})

browserTest(
  'a late connection is shown as connecting and then as live, and nothing moves',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson({ viewport: { width: 1280, height: 800 } })
    const released = Promise.withResolvers<void>()
    await ada.page.route(/\/events\?/, async (route) => {
      await released.promise
      await route.continue()
    })
    await ada.goto(`${url}/r/tea`)
    const shifts = await watchShifts(ada)
    const drawn = () =>
      ada.page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))')
    await ada.page.getByText('connecting…').waitFor()
    await drawn()
    released.resolve()
    await ada.waitUntilLive()
    await drawn()
    assert.deepEqual(await shifts(), [])
  },
)

browserTest(
  'the state of the connection is readable on every screen, and its change moves nothing',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const proxy = await CuttingProxy.start(t, url)
    const ada = await openPerson({ viewport: { width: 360, height: 740 } })
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
  },
)
