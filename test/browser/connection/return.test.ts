import assert from 'node:assert/strict'
import { drain } from '../../../src/server/drain.ts'
import { browserTests } from '../../support/browser/browser.ts'
import { CuttingProxy } from '../../support/http/cutting-proxy.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests([], ['--disable-back-forward-cache'])

const NOTE_RETURN = "addEventListener('pageshow', ({ persisted }) => { globalThis.persisted = persisted })"

// Unlike other browsers, Chromium keeps no page with `no-store` in its back/forward cache: without it, it does.
const storable = (chunk: string | Buffer) =>
  Buffer.from(chunk.toString('latin1').replaceAll('no-store', 'no-cache'), 'latin1')

for (const kept of [true, false]) {
  const how = kept ? 'as the browser kept it' : 'loaded again'
  browserTest(
    `a reader who leaves a room by a link and goes back finds it live, ${how}`,
    async (t, openPerson) => {
      const { url } = await startServer(t)
      const proxy = await CuttingProxy.start(t, url, kept ? storable : undefined)
      const [ada, bo] = [await openPerson(), await openPerson()]
      await ada.context.addInitScript(NOTE_RETURN)
      await ada.enter(`${proxy.url}/r/return`)
      await bo.enter(`${url}/r/return`)
      await bo.posts('before')
      await ada.sees('before')
      await ada.page.locator('a[href="/"]').click()
      await ada.page.getByRole('button', { name: 'Open it' }).waitFor()
      await bo.posts('meanwhile')
      await bo.sees('before', 'meanwhile')
      await ada.page.goBack({ waitUntil: 'commit' })
      await ada.waitUntilLive()
      assert.equal(await ada.page.evaluate('persisted'), kept)
      await bo.posts('after')
      await ada.sees(...(kept ? ['before', 'meanwhile'] : []), 'after')
      await ada.posts('from me')
      await bo.sees('before', 'meanwhile', 'after', 'from me')
      await ada.sees(...(kept ? ['before', 'meanwhile'] : []), 'after', 'from me')
    },
  )
}

browserTest(
  'P12: while a server restarts, the page says so, keeps the typed text, and continues',
  async (t, openPerson) => {
    const server = await startServer(t)
    const proxy = await CuttingProxy.start(t, server.url)
    const ada = await openPerson()
    ada.expectErrors(/^Failed to load resource/, /^htmx: htmx:(sse:)?error/)
    await ada.enter(`${proxy.url}/r/restart`)
    await ada.posts('before')
    await ada.sees('before')
    proxy.refusing = true
    await drain(server)
    proxy.cut()
    await ada.waitForStatus('reconnecting')
    await ada.posts('kept')
    await ada.composerHolds('kept', /can’t be reached/)
    proxy.target = (await startServer(t)).url
    proxy.refusing = false
    await ada.waitUntilLive()
    await ada.messageLog.getByText('Some messages may be missing here.').waitFor()
    await ada.field.press('Enter')
    await ada.sees('before', 'kept')
    await ada.composerHolds('')
  },
)
