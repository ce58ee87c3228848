import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { CuttingProxy } from '../../support/http/cutting-proxy.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

/** Records what screen readers announce: elements that are added to the log, and their later changes. */
const RECORD = `{
  globalThis.announced = []
  const seen = new Set()
  new MutationObserver((changes) => {
    const added = changes.flatMap(({ target, addedNodes }) => target.id === 'log' ? [...addedNodes] : [])
    for (const node of added.filter((node) => node.nodeType === 1 && !node.matches('.presence-line, .presence-line *'))) {
      announced.push([node.closest('[aria-live]').ariaLive, node.querySelector('div')?.textContent ?? node.className])
    }
    for (const { target } of changes) {
      for (const node of seen) if (node.contains(target)) announced.push(['changed', node.textContent])
    }
    for (const node of added) seen.add(node)
  }).observe(document.getElementById('log'), { childList: true, characterData: true, subtree: true })
}`

const announced = ({ page }: Person) => page.evaluate<[string, string][]>('announced')

/** The live region properties of the log in Chromium's accessibility tree. */
async function liveness({ context, page }: Person): Promise<Record<string, unknown>> {
  const session = await context.newCDPSession(page)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  const log = nodes.find(({ role }) => role?.value === 'log')
  return Object.fromEntries(log?.properties?.map(({ name, value }) => [name, value.value]) ?? [])
}

browserTest('screen readers announce each new message once, and no replayed one', async (t, openPerson) => {
  const { url } = await startServer(t)
  const proxy = await CuttingProxy.start(t, url)
  const [ada, ben] = [await openPerson(), await openPerson()]
  ada.expectErrors(/^Failed to load resource: net::ERR_/, /^htmx: htmx:(sse:)?error/)
  await ada.enter(`${proxy.url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  await ada.page.evaluate(RECORD)
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
  assert.deepEqual(await announced(ada), [
    ['polite', 'one'],
    ['off', 'notice day'],
    ['off', 'two'],
    ['off', 'three'],
    ['polite', 'four'],
    ['polite', 'five'],
  ])
  assert.deepEqual(await liveness(ada), { live: 'polite', atomic: false, relevant: 'additions' })
})

browserTest('the line above unread messages is shown and not announced', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await openPerson({ viewport: { width: 360, height: 300 } }), await openPerson()]
  await ada.enter(`${url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  for (let n = 0; n < 6; n++) await ben.posts(`line ${n}`)
  await ada.message('line 5').waitFor()
  await ada.page.locator('.scroller').evaluate((element) => element.scrollTo(0, -200))
  await ada.page.evaluate(RECORD)
  await ben.posts('unseen')
  await ada.page.locator('.notice.new').waitFor()
  assert.deepEqual(await announced(ada), [
    ['polite', 'unseen'],
    ['off', 'notice new'],
  ])
})
