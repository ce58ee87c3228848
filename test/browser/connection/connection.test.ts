import assert from 'node:assert/strict'
import type { Route } from 'playwright-core'
import { NO_LIMITS } from '../../../src/config/limit-flags.ts'
import { browserTests } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { CuttingProxy } from '../../support/http/cutting-proxy.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

/** What Chromium and htmx say of a connection that a test breaks. */
const BROKEN = [/^Failed to load resource: net::ERR_/, /^htmx: htmx:(sse:)?error/]

const EVENTS = /\/events\?/

/** How many streams the page has asked for. */
function countStreams({ page }: Person): () => number {
  let streams = 0
  page.on('request', (request) => {
    if (EVENTS.test(request.url())) streams++
  })
  return () => streams
}

const answerBadly = (status: number) => (route: Route) =>
  route.fulfill({ status, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' })

browserTest('somebody offline is told so, and gets what they missed once and in order', async (t, come) => {
  const { url } = await startServer(t)
  const proxy = await CuttingProxy.start(t, url)
  const [ada, bo] = [await come(), await come()]
  ada.expectErrors(...BROKEN)
  await ada.enter(`${proxy.url}/r/offline`)
  await bo.enter(`${url}/r/offline`)
  await bo.posts('before')
  await ada.sees('before')
  // What is open stays open when Chromium is set offline.
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
})

browserTest('a page that is to connect while it connects opens one stream', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come()
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  await ada.page.route(EVENTS, async (route) => {
    asked.resolve()
    await answer.promise
    await route.continue()
  })
  await ada.goto(`${url}/r/eager`)
  await asked.promise
  await ada.page.evaluate("for (let i = 0; i < 3; i++) dispatchEvent(new Event('online'))")
  answer.resolve()
  await ada.waitUntilLive()
  for (const text of ['one', 'two']) await ada.posts(text)
  await ada.sees('one', 'two')
})

browserTest('a page whose connection was cut says so, and goes on where it was', async (t, come) => {
  const { url } = await startServer(t)
  const proxy = await CuttingProxy.start(t, url)
  const [ada, bo] = [await come(), await come()]
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
})

browserTest('a gap is announced where what was missed can’t be had', async (t, come) => {
  const { url } = await startServer(t, { replayWindow: 0 })
  const proxy = await CuttingProxy.start(t, url)
  const [ada, bo] = [await come(), await come()]
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

browserTest('a first connection that is refused is tried again', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come()
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

browserTest('an error page of a proxy never appears in the log, at first or later', async (t, come) => {
  const { url } = await startServer(t)
  const proxy = await CuttingProxy.start(t, url)
  const ada = await come()
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
})

browserTest('a connection that has fallen silent is noticed, and nothing is lost', async (t, come) => {
  const { url } = await startServer(t, { heartbeat: 500 })
  const proxy = await CuttingProxy.start(t, url)
  const [ada, bo] = [await come(), await come()]
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
})

browserTest('streams that are renewed lose and repeat nothing', async (t, come) => {
  const { url } = await startServer(t, { streamLife: 1000 })
  const [ada, bo] = [await come(), await come()]
  const streams = countStreams(ada)
  await ada.enter(`${url}/r/renewed`)
  await bo.enter(`${url}/r/renewed`)
  const said: string[] = []
  while (streams() < 3) {
    said.push(`message ${said.length}`)
    await bo.posts(said.at(-1) ?? '')
    await bo.composerHolds('')
  }
  await bo.posts('the last')
  for (const person of [ada, bo]) await person.sees(...said, 'the last')
})

browserTest('a page for which there is no stream left waits for one', async (t, come) => {
  const { url } = await startServer(t, { limits: { ...NO_LIMITS, stream: { session: 1, address: 100 } } })
  const ada = await come()
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
