import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { startServer } from '../../support/http/server.ts'

// Beyond loopback plain http brings gzip, which is heavier than brotli.
const NAME = 'snug-test.local'
const inChromium = browserTests([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`])

const VISIT_MAX_BYTES = 40_000
const SCRIPT_MAX_BYTES = 20_000

const LATER = '**/lazy.js'
const LOST = /^Failed to load resource: net::ERR_/

inChromium('a first visit to a room loads little, and not what is first needed later', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come()
  const network = await ada.context.newCDPSession(ada.page)
  const names = new Map<string, string>()
  const heads = new Map<string, number>()
  const loaded = new Map<string, number>()
  network.on('Network.requestWillBeSent', ({ requestId, request }) => {
    names.set(requestId, /[^/?]*(?=\?|$)/.exec(request.url)?.[0] ?? '')
  })
  network.on('Network.responseReceived', ({ requestId, response }) => {
    heads.set(names.get(requestId) ?? '', response.encodedDataLength)
  })
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    loaded.set(names.get(requestId) ?? '', encodedDataLength)
  })
  await network.send('Network.enable')
  await ada.enter(`${url.replace('127.0.0.1', NAME)}/r/tea`)
  // On a busy machine the page is open for so long that it gives a sign of life.
  const all = new Set([...names.values()].filter((name) => !/\.css$|^here$/.test(name)))
  assert.deepEqual(all, new Set(['tea', 'icon.svg', 'snug.js', 'events']))
  const bytes = [...loaded.values()].reduce((sum, length) => sum + length, 0)
  assert.ok(bytes > 15_000 && bytes <= VISIT_MAX_BYTES, `${bytes} bytes`)
  const script = (loaded.get('snug.js') ?? 0) - (heads.get('snug.js') ?? 0)
  assert.ok(script > 15_000 && script <= SCRIPT_MAX_BYTES, `${script} bytes of script`)
})

inChromium('a click on a name asks, though what asks comes only with it', async (t, come) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await come(), await come()]
  ada.expectErrors(LOST)
  await ada.enter(`${url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  await ben.posts('noise')
  const name = ada.message('noise').locator('bdi')
  await ada.page.route(LATER, (route) => route.abort(), { times: 2 })
  for (let clicks = 0; clicks < 2; clicks++) {
    const lost = ada.page.waitForEvent('requestfailed')
    await name.click()
    await lost
    assert.equal(await ada.page.locator('#message-actions').count(), 0)
  }
  await name.click()
  await ada.page.locator('#message-actions').waitFor()
})

inChromium('the link can be shared offline, and copied by a button once that has come', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come()
  ada.expectErrors(LOST)
  await ada.enter(`${url}/r/tea`)
  await ada.page.route(LATER, (route) => route.abort(), { times: 1 })
  const lost = ada.page.waitForEvent('requestfailed')
  await ada.page.click('.share > summary')
  await lost
  assert.equal(await ada.page.locator('#link').inputValue(), `${url}/r/tea`)
  const copy = ada.page.getByRole('button', { name: 'Copy' })
  assert.equal(await copy.isVisible(), false)
  await ada.page.keyboard.press('Escape')
  await ada.page.locator('#link').waitFor({ state: 'hidden' })
  await ada.page.click('.share > summary')
  await copy.waitFor()
  await ada.page.click('h1')
  await ada.page.locator('#link').waitFor({ state: 'hidden' })
})
