import assert from 'node:assert/strict'
import type { Route } from 'playwright-core'
import { NO_LIMITS } from '../../../src/config/limit-flags.ts'
import { browserTests } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { CuttingProxy } from '../../support/http/cutting-proxy.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

/** The errors that Chromium and htmx log when a test breaks a connection. */
const BROKEN = [/^Failed to load resource: net::ERR_/, /^htmx: htmx:(sse:)?error/]

const EVENTS = /\/events\?/

/** Counts the streams that the page requests. */
function countStreams({ page }: Person): () => number {
  let streams = 0
  page.on('request', (request) => {
    if (EVENTS.test(request.url())) streams++
  })
  return () => streams
}

const answerBadly = (status: number) => (route: Route) =>
  route.fulfill({ status, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' })

browserTest(
  'P6: a page that was offline says so, and then gets the missed messages once and in order',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const proxy = await CuttingProxy.start(t, url)
    const [ada, bo] = [await openPerson(), await openPerson()]
    ada.expectErrors(...BROKEN)
    await ada.enter(`${proxy.url}/r/offline`)
    await bo.enter(`${url}/r/offline`)
    await bo.posts('before')
    await ada.sees('before')
    // Chromium does not close open connections when it is set offline.
    await ada.context.setOffline(true)
    proxy.cut()
    await ada.waitForStatus('offline')
    for (const text of ['one', 'two', 'three']) await bo.posts(text)
    await bo.sees('before', 'one', 'two', 'three')
    await ada.sees('before')
    await ada.context.setOffline(false)
    await ada.waitUntilLive()
    await bo.posts('after')
    await ada.sees('before', 'one', 'two', 'three', 'after')
  },
)

browserTest('a page that is told to connect while it connects opens one stream', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  const requested = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  await ada.page.route(EVENTS, async (route) => {
    requested.resolve()
    await released.promise
    await route.continue()
  })
  await ada.goto(`${url}/r/eager`)
  await requested.promise
  await ada.page.evaluate("for (let i = 0; i < 3; i++) dispatchEvent(new Event('online'))")
  released.resolve()
  await ada.waitUntilLive()
  for (const text of ['one', 'two']) await ada.posts(text)
  await ada.sees('one', 'two')
})

browserTest(
  'P6: a page whose connection was cut says so, and continues where it was',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const proxy = await CuttingProxy.start(t, url)
    const [ada, bo] = [await openPerson(), await openPerson()]
    ada.expectErrors(...BROKEN)
    await ada.enter(`${proxy.url}/r/cut`)
    await bo.enter(`${url}/r/cut`)
    await bo.posts('before')
    await ada.sees('before')
    proxy.refusing = true
    proxy.cut()
    await ada.waitForStatus('reconnecting')
    for (const text of ['one', 'two', 'three']) await bo.posts(text)
    await bo.sees('before', 'one', 'two', 'three')
    proxy.refusing = false
    await ada.waitUntilLive()
    await bo.posts('after')
    await ada.sees('before', 'one', 'two', 'three', 'after')
  },
)

browserTest('P6: a gap is announced where missed messages can’t be replayed', async (t, openPerson) => {
  const { url } = await startServer(t, { replayWindow: 0 })
  const proxy = await CuttingProxy.start(t, url)
  const [ada, bo] = [await openPerson(), await openPerson()]
  ada.expectErrors(...BROKEN)
  await ada.enter(`${proxy.url}/r/gap`)
  await bo.enter(`${url}/r/gap`)
  await bo.posts('before')
  await ada.sees('before')
  proxy.refusing = true
  proxy.cut()
  await ada.waitForStatus('reconnecting')
  for (const text of ['one', 'two']) await bo.posts(text)
  await bo.sees('before', 'one', 'two')
  proxy.refusing = false
  await ada.waitUntilLive()
  await bo.posts('after')
  await ada.sees('before', 'after')
  const lines = await ada.messageLog.locator('.gap, .message > div').allInnerTexts()
  assert.deepEqual(lines, ['before', '2 messages are missing here.', 'after'])
  assert.ok(await ada.messageLog.locator('.gap').isVisible())
})

browserTest('a page whose first connection is refused tries again', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  ada.expectErrors(...BROKEN)
  let refused = 0
  await ada.page.route(EVENTS, (route) =>
    ++refused > 2 ? route.continue() : route.abort('connectionrefused'),
  )
  await ada.goto(`${url}/r/refused`)
  await ada.waitForStatus('reconnecting')
  await ada.waitUntilLive()
  await ada.posts('here')
  await ada.sees('here')
})

browserTest(
  'the error page of a proxy never appears in the log, neither at first nor later',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const proxy = await CuttingProxy.start(t, url)
    const ada = await openPerson()
    ada.expectErrors(...BROKEN, /status of 502/)
    await ada.page.route(EVENTS, answerBadly(502), { times: 1 })
    await ada.goto(`${proxy.url}/r/bad-gateway`)
    await ada.waitForStatus('reconnecting')
    await ada.waitUntilLive()
    await ada.page.route(EVENTS, answerBadly(200), { times: 1 })
    proxy.cut()
    await ada.waitForStatus('reconnecting')
    await ada.waitUntilLive()
    await ada.posts('here')
    await ada.sees('here')
    assert.equal(await ada.page.getByText('Bad Gateway').count(), 0)
  },
)

browserTest(
  'P13: a silent connection is noticed and replaced, and nothing is lost',
  async (t, openPerson) => {
    const { url } = await startServer(t, { heartbeat: 300 })
    const proxy = await CuttingProxy.start(t, url)
    const [ada, bo] = [await openPerson(), await openPerson()]
    await ada.enter(`${proxy.url}/r/silent`)
    await bo.enter(`${url}/r/silent`)
    await bo.posts('before')
    await ada.sees('before')
    proxy.stall()
    await bo.posts('meanwhile')
    await ada.waitForStatus('reconnecting')
    await ada.waitUntilLive()
    await bo.posts('after')
    await ada.sees('before', 'meanwhile', 'after')
  },
)

browserTest('P9: streams that are renewed lose and repeat nothing', async (t, openPerson) => {
  const { url } = await startServer(t, { heartbeat: 1000, streamLife: 1000 })
  const [ada, bo] = [await openPerson(), await openPerson()]
  const streams = countStreams(ada)
  await ada.enter(`${url}/r/renewed`)
  await bo.enter(`${url}/r/renewed`)
  const texts: string[] = []
  while (streams() < 3) {
    texts.push(`message ${texts.length}`)
    await bo.posts(texts.at(-1) ?? '')
    await bo.composerHolds('')
  }
  await bo.posts('the last')
  for (const person of [ada, bo]) await person.sees(...texts, 'the last')
})

browserTest('P11: a page beyond the limit of streams waits until one is free', async (t, openPerson) => {
  const { url } = await startServer(t, { limits: { ...NO_LIMITS, stream: { session: 1, address: 100 } } })
  const ada = await openPerson()
  const streams = countStreams(ada)
  const first = await ada.context.newPage()
  await first.goto(`${url}/r/busy`)
  await first.locator('#status[data-state=live]').waitFor()
  await ada.goto(`${url}/r/busy`)
  await ada.waitForStatus('reconnecting')
  await first.close()
  await ada.waitUntilLive()
  assert.ok(streams() > 1)
  await ada.posts('here')
  await ada.sees('here')
})
