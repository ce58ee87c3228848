import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { CuttingProxy } from '../../support/http/cutting-proxy.ts'
import { startServer } from '../../support/http/server.ts'

const inChromium = browserTests()

/** Notes what screen readers hear of: what comes into the log, and what changes after it came. */
const NOTE = `{
  globalThis.heard = []
  const known = new Set()
  new MutationObserver((changes) => {
    const came = changes.flatMap(({ target, addedNodes }) => target.id === 'log' ? [...addedNodes] : [])
    for (const node of came.filter((node) => node.nodeType === 1 && !node.matches('.presence-line, .presence-line *'))) {
      heard.push([node.closest('[aria-live]').ariaLive, node.querySelector('div')?.textContent ?? node.className])
    }
    for (const { target } of changes) {
      for (const node of known) if (node.contains(target)) heard.push(['changed', node.textContent])
    }
    for (const node of came) known.add(node)
  }).observe(document.getElementById('log'), { childList: true, characterData: true, subtree: true })
}`

const heard = ({ page }: Person) => page.evaluate<[string, string][]>('heard')

/** What Chromium tells assistive technology of the log. */
async function liveness({ context, page }: Person): Promise<Record<string, unknown>> {
  const session = await context.newCDPSession(page)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  const log = nodes.find(({ role }) => role?.value === 'log')
  return Object.fromEntries(log?.properties?.map(({ name, value }) => [name, value.value]) ?? [])
}

inChromium('each message is announced once, and nothing of a replay', async (t, come) => {
  const { url } = await startServer(t)
  const proxy = await CuttingProxy.start(t, url)
  const [ada, ben] = [await come(), await come()]
  ada.expectErrors(/^Failed to load resource: net::ERR_/, /^htmx: htmx:(sse:)?error/)
  await ada.enter(`${proxy.url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  await ada.page.evaluate(NOTE)
  await ben.posts('one')
  await ada.sees('one')
  proxy.refusing = true
  proxy.cut()
  await ada.waitForStatus('reconnecting')
  for (const text of ['two', 'three']) await ben.posts(text)
  await ben.sees('one', 'two', 'three')
  proxy.refusing = false
  await ada.sees('one', 'two', 'three')
  await ada.page.locator('#log[aria-live=polite]').waitFor({ state: 'attached' })
  await ben.posts('four')
  await ada.posts('five')
  await ada.sees('one', 'two', 'three', 'four', 'five')
  assert.deepEqual(await heard(ada), [
    ['polite', 'one'],
    ['off', 'notice day'],
    ['off', 'two'],
    ['off', 'three'],
    ['polite', 'four'],
    ['polite', 'five'],
  ])
  assert.deepEqual(await liveness(ada), { live: 'polite', atomic: false, relevant: 'additions' })
})

inChromium('a line where the unread begin is shown and not announced', async (t, come) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await come({ viewport: { width: 360, height: 300 } }), await come()]
  await ada.enter(`${url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  for (let n = 0; n < 6; n++) await ben.posts(`line ${n}`)
  await ada.message('line 5').waitFor()
  await ada.page.locator('.scroller').evaluate((element) => element.scrollTo(0, -200))
  await ada.page.evaluate(NOTE)
  await ben.posts('unseen')
  await ada.page.locator('.notice.new').waitFor()
  assert.deepEqual(await heard(ada), [
    ['polite', 'unseen'],
    ['off', 'notice new'],
  ])
})
