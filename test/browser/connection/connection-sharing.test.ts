import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Config } from '../../../src/config/config.ts'
import { TEST_TIMEOUT_MS } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer, type TestServer } from '../../support/http/server.ts'
import { RealBrowser } from './real-browser.ts'

/** So many streams the tabs of one browser hold; the one that is shown among them. */
const HOLDERS = 4

const LIMIT = { timeout: TEST_TIMEOUT_MS }

const browser = RealBrowser.forFile()

interface Tabs {
  readonly server: TestServer
  readonly tabs: Person[]
  /** Waits until exactly these tabs say that they are paused, and the others hold the streams. */
  arePaused(...places: number[]): Promise<void>
}

/** Opens a room in so many tabs of one browser, one after the other. */
async function openTabs(t: TestContext, count: number, settings: Partial<Config> = {}): Promise<Tabs> {
  const server = await startServer(t, settings)
  const tabs: Person[] = []
  while (tabs.length < count) {
    const tab = await browser.openTab(t)
    await tab.enter(`${server.url}/r/tea`)
    tabs.push(tab)
  }
  const says = ({ page }: Person) =>
    page.evaluate<boolean>(
      "document.title.startsWith('⏸ ') && document.getElementById('status').dataset.state === 'paused'",
    )
  const arePaused = (...places: number[]) =>
    eventually(async () => {
      const open = tabs.filter(({ page }) => !page.isClosed())
      const saying = await Promise.all(open.map(says))
      assert.deepEqual(
        open.filter((_, place) => saying[place]).map((tab) => tabs.indexOf(tab)),
        places,
      )
      assert.equal(server.streams.size, open.length - places.length)
    })
  return { server, tabs, arePaused }
}

const show = (tab: Person | undefined) => tab?.page.bringToFront()

test('ten tabs of one browser all work, and those without a stream say so', LIMIT, async (t) => {
  const { server, tabs, arePaused } = await openTabs(t, 10)
  await arePaused(0, 1, 2, 3, 4, 5)
  const said: string[] = []
  for (const [place, tab] of tabs.entries()) {
    await show(tab)
    await tab.waitUntilLive()
    assert.doesNotMatch(await tab.page.title(), /⏸/)
    await tab.sees(...said)
    said.push(`from tab ${place}`)
    await tab.posts(said.at(-1) ?? '')
    await tab.sees(...said)
    await eventually(async () =>
      assert.ok(server.streams.size <= HOLDERS + 1, `${server.streams.size} streams`),
    )
  }
  await arePaused(0, 1, 2, 3, 4, 5)
  // A place that is free again is taken by the one that was seen last.
  for (const place of [9, 7, 8]) await tabs[place]?.page.close()
  await arePaused(0, 1, 2)
  for (const place of [1, 3, 5]) await tabs[place]?.page.close()
  await arePaused()
  for (const place of [0, 2, 4, 6]) {
    await show(tabs[place])
    await tabs[place]?.sees(...said)
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
  let asked = 0
  first.page.on('request', (request) => {
    if (request.url().includes('/events')) asked++
  })
  await first.page.evaluate(
    "for (const name of ['offline', 'online', 'pageshow']) dispatchEvent(new Event(name))",
  )
  for (const text of ['one', 'two']) await last.posts(text)
  await last.sees('one', 'two')
  await arePaused(0)
  assert.equal(asked, 0)
  await show(first)
  await first.sees('one', 'two')
  await first.waitUntilLive()
  await arePaused(1)
  await first.posts('three')
  await first.sees('one', 'two', 'three')
  await last.sees('one', 'two', 'three')
})

test('a tab that is shown again says what it can’t catch up with', LIMIT, async (t) => {
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

test('windows side by side leave connections for what is posted, and none stands still', LIMIT, async (t) => {
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
  // Without a screen all windows are in focus at once: what a click into one of them does.
  await first.page.evaluate("dispatchEvent(new Event('focus'))")
  await first.waitUntilLive()
  await first.posts('two')
  await first.sees('one', 'two')
})

test('where one connection carries all streams every tab keeps its own', LIMIT, async (t) => {
  const { url, streams } = await startServer(t)
  for (let tabs = 1; tabs <= HOLDERS + 1; tabs++) {
    const tab = await browser.openTab(t)
    // As a proxy with TLS before Snug has it.
    await tab.page.addInitScript(
      "Object.defineProperty(PerformanceResourceTiming.prototype, 'nextHopProtocol', { value: 'h2' })",
    )
    await tab.enter(`${url}/r/tea`)
    await tab.posts(`from ${tabs}`)
    await tab.message(`from ${tabs}`).waitFor()
    assert.equal(streams.size, tabs)
  }
})

test('tabs that crashed or are frozen hold no place for ever', LIMIT, async (t) => {
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
