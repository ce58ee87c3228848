import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Config } from '../../../src/config/config.ts'
import { TEST_TIMEOUT_MS } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer, type TestServer } from '../../support/http/server.ts'
import { RealBrowser } from './real-browser.ts'

/** How many tabs of one browser have a stream, including the visible tab. */
const HOLDERS = 4

const LIMIT = { timeout: TEST_TIMEOUT_MS }

const browser = RealBrowser.forFile()

interface Tabs {
  readonly server: TestServer
  readonly tabs: Person[]
  /** Waits until exactly the tabs with these numbers are paused, and the others have a stream. */
  arePaused(...numbers: number[]): Promise<void>
}

/** Opens a room in several tabs of one browser, one after another. */
async function openTabs(t: TestContext, count: number, settings: Partial<Config> = {}): Promise<Tabs> {
  const server = await startServer(t, settings)
  const tabs: Person[] = []
  while (tabs.length < count) {
    const tab = await browser.openTab(t)
    await tab.enter(`${server.url}/r/tea`)
    tabs.push(tab)
  }
  const isPaused = ({ page }: Person) =>
    page.evaluate<boolean>(
      "document.title.startsWith('⏸ ') && document.getElementById('status').dataset.state === 'paused'",
    )
  const arePaused = (...numbers: number[]) =>
    eventually(async () => {
      const open = tabs.filter(({ page }) => !page.isClosed())
      const paused = await Promise.all(open.map(isPaused))
      assert.deepEqual(
        open.filter((_, index) => paused[index]).map((tab) => tabs.indexOf(tab)),
        numbers,
      )
      assert.equal(server.streams.size, open.length - numbers.length)
    })
  return { server, tabs, arePaused }
}

const show = (tab: Person | undefined) => tab?.page.bringToFront()

test('ten tabs of one browser all work, and tabs without a stream say so', LIMIT, async (t) => {
  const { server, tabs, arePaused } = await openTabs(t, 10)
  await arePaused(0, 1, 2, 3, 4, 5)
  const texts: string[] = []
  for (const [number, tab] of tabs.entries()) {
    await show(tab)
    await tab.waitUntilLive()
    assert.doesNotMatch(await tab.page.title(), /⏸/)
    await tab.sees(...texts)
    texts.push(`from tab ${number}`)
    await tab.posts(texts.at(-1) ?? '')
    await tab.sees(...texts)
    await eventually(async () =>
      assert.ok(server.streams.size <= HOLDERS + 1, `${server.streams.size} streams`),
    )
  }
  await arePaused(0, 1, 2, 3, 4, 5)
  // A stream that becomes free goes to the tab that was visible last.
  for (const number of [9, 7, 8]) await tabs[number]?.page.close()
  await arePaused(0, 1, 2)
  for (const number of [1, 3, 5]) await tabs[number]?.page.close()
  await arePaused()
  for (const number of [0, 2, 4, 6]) {
    await show(tabs[number])
    await tabs[number]?.sees(...texts)
  }
  assert.deepEqual(
    tabs.flatMap((tab) => tab.unexpectedErrors),
    [],
  )
})

test('a tab that is shown again catches up, and stays paused until then', LIMIT, async (t) => {
  const { tabs, arePaused } = await openTabs(t, HOLDERS + 1)
  const [first, last] = [tabs[0], tabs[HOLDERS]]
  assert.ok(first && last)
  await arePaused(0)
  let requests = 0
  first.page.on('request', (request) => {
    if (request.url().includes('/events')) requests++
  })
  await first.page.evaluate(
    "for (const name of ['offline', 'online', 'pageshow']) dispatchEvent(new Event(name))",
  )
  for (const text of ['one', 'two']) await last.posts(text)
  await last.sees('one', 'two')
  await arePaused(0)
  assert.equal(requests, 0)
  await show(first)
  await first.sees('one', 'two')
  await first.waitUntilLive()
  await arePaused(1)
  await first.posts('three')
  await first.sees('one', 'two', 'three')
  await last.sees('one', 'two', 'three')
})

test('a tab that is shown again announces what it can’t catch up with', LIMIT, async (t) => {
  const { tabs, arePaused } = await openTabs(t, HOLDERS + 1, { replayWindow: 0 })
  const [first, last] = [tabs[0], tabs[HOLDERS]]
  assert.ok(first && last)
  await arePaused(0)
  for (const text of ['one', 'two']) await last.posts(text)
  await last.sees('one', 'two')
  await show(first)
  await first.messageLog.getByText('2 messages are missing here.').waitFor()
  await first.posts('three')
  await first.sees('three')
})

test('windows side by side leave connections free for posts, and all get new messages', LIMIT, async (t) => {
  const { url, streams } = await startServer(t)
  const windows: Person[] = []
  while (windows.length < HOLDERS + 2) {
    const window = await browser.openWindow(t)
    await window.enter(`${url}/r/tea`)
    windows.push(window)
  }
  const [first, last] = [windows[0], windows.at(-1)]
  assert.ok(first && last)
  await first.waitForStatus('polling')
  await last.posts('one')
  await last.sees('one')
  await first.sees('one')
  await first.waitForStatus('polling')
  await eventually(async () => assert.equal(streams.size, HOLDERS))
  // Without a screen all windows have the focus. This event stands for a click into one of them.
  await first.page.evaluate("dispatchEvent(new Event('focus'))")
  await first.waitUntilLive()
  await first.posts('two')
  await first.sees('one', 'two')
})

test('where one connection carries all streams, every tab keeps its own stream', LIMIT, async (t) => {
  const { url, streams } = await startServer(t)
  for (let tabs = 1; tabs <= HOLDERS + 1; tabs++) {
    const tab = await browser.openTab(t)
    // As behind a proxy with TLS.
    await tab.page.addInitScript(
      "Object.defineProperty(PerformanceResourceTiming.prototype, 'nextHopProtocol', { value: 'h2' })",
    )
    await tab.enter(`${url}/r/tea`)
    await tab.posts(`from ${tabs}`)
    await tab.message(`from ${tabs}`).waitFor()
    assert.equal(streams.size, tabs)
  }
})

test('crashed and frozen tabs give their streams to other tabs', LIMIT, async (t) => {
  const { server, tabs, arePaused } = await openTabs(t, HOLDERS + 2)
  await arePaused(0, 1)
  const [first, second, third, fourth] = tabs
  assert.ok(first && second && third && fourth)
  const state = await third.context.newCDPSession(third.page)
  await state.send('Page.setWebLifecycleState', { state: 'frozen' })
  await eventually(async () => assert.equal(server.streams.size, HOLDERS - 1))
  const crash = await fourth.context.newCDPSession(fourth.page)
  void crash.send('Page.crash').catch(() => {})
  await eventually(async () => assert.equal(server.streams.size, HOLDERS - 2))
  await show(second)
  await second.waitUntilLive()
  await eventually(async () => {
    assert.doesNotMatch(await first.page.title(), /⏸/)
    assert.equal(server.streams.size, HOLDERS)
  })
  await show(third)
  await third.waitUntilLive()
  await third.posts('thawed')
  await third.sees('thawed')
})
