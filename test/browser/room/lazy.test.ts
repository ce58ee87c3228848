import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { startServer } from '../../support/http/server.ts'

// Over plain http beyond loopback, Chromium gets gzip, which is larger than brotli.
const NAME = 'snug-test.local'
const browserTest = browserTests([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`])

const VISIT_MAX_BYTES = 40_000
const SCRIPT_MAX_BYTES = 20_000

const LAZY_SCRIPT = '**/lazy.js'
const ABORTED = /^Failed to load resource: net::ERR_/

browserTest(
  'a first visit to a room loads little, and not what is needed only later',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson()
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
  },
)

browserTest(
  'a click on a name opens its menu, even if the script of the menu is loaded only then',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, ben] = [await openPerson(), await openPerson()]
    ada.expectErrors(ABORTED)
    await ada.enter(`${url}/r/tea`)
    await ben.enter(`${url}/r/tea`)
    await ben.posts('noise')
    const name = ada.message('noise').locator('bdi')
    await ada.page.route(LAZY_SCRIPT, (route) => route.abort(), { times: 2 })
    for (let clicks = 0; clicks < 2; clicks++) {
      const aborted = ada.page.waitForEvent('requestfailed')
      await name.click()
      await aborted
      assert.equal(await ada.page.locator('#message-actions').count(), 0)
    }
    await name.click()
    await ada.page.locator('#message-actions').waitFor()
  },
)

browserTest(
  'the link is shown even if the second script can’t be loaded, and a button copies it once it is',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson()
    ada.expectErrors(ABORTED)
    await ada.enter(`${url}/r/tea`)
    await ada.page.route(LAZY_SCRIPT, (route) => route.abort(), { times: 1 })
    const aborted = ada.page.waitForEvent('requestfailed')
    await ada.page.click('.share > summary')
    await aborted
    assert.equal(await ada.page.locator('#link').inputValue(), `${url}/r/tea`)
    const copy = ada.page.getByRole('button', { name: 'Copy' })
    assert.equal(await copy.isVisible(), false)
    await ada.page.keyboard.press('Escape')
    await ada.page.locator('#link').waitFor({ state: 'hidden' })
    await ada.page.click('.share > summary')
    await copy.waitFor()
    await ada.page.click('h1')
    await ada.page.locator('#link').waitFor({ state: 'hidden' })
  },
)
