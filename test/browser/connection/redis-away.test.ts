import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { startClusteredProcesses } from '../../support/process/clustered-processes.ts'

const browserTest = browserTests()

const AWAY = /can’t reach its database/

/** How long a post may take that is refused. */
const REFUSED_MS = 1_500

/** Sends something that can't be taken now; it comes back into the composer. */
async function saysInVain(person: Person, text: string): Promise<void> {
  person.expectErrors(/^Failed to load resource.* 503/)
  const answered = person.page.waitForResponse((response) => response.url().endsWith('/messages'))
  const sent = performance.now()
  await person.posts(text)
  assert.equal((await answered).status(), 503)
  assert.ok(performance.now() - sent < REFUSED_MS)
  await person.composerHolds(text, AWAY)
}

browserTest(
  'while Redis stands still pages say so and keep what is typed; when it goes on all is well without a reload',
  async (t, come) => {
    const { redis, one, two } = await startClusteredProcesses(t)
    const [ada, bo] = [await come(), await come()]
    await ada.enter(`${one.url}/r/still`)
    await bo.enter(`${two.url}/r/still`)
    await ada.page.evaluate('document.body.dataset.same = "yes"')
    await ada.posts('before')
    for (const person of [ada, bo]) await person.sees('before')
    redis.pause()
    // The first post waits in Redis's own socket, and may be taken when Redis goes on: it must not come twice.
    await saysInVain(ada, 'meanwhile')
    for (const person of [ada, bo]) await person.waitForStatus('reconnecting')
    await saysInVain(ada, 'meanwhile')
    redis.resume()
    for (const person of [ada, bo]) await person.waitUntilLive()
    await ada.field.press('Enter')
    await ada.composerHolds('')
    await bo.posts('after')
    for (const person of [ada, bo]) await person.sees('before', 'meanwhile', 'after')
    assert.equal(await ada.page.evaluate('document.body.dataset.same'), 'yes')
  },
)

browserTest(
  'without scripts a post that can’t be taken comes back with its text, and is sent again once',
  async (t, come) => {
    const { redis, one, two } = await startClusteredProcesses(t)
    const [ada, bo] = [await come({ javaScriptEnabled: false }), await come()]
    await ada.enter(`${one.url}/r/still`)
    await bo.enter(`${two.url}/r/still`)
    redis.pause()
    await saysInVain(ada, 'meanwhile')
    await ada.messageLog.locator('.notice').filter({ hasText: 'lost its database' }).waitFor()
    redis.resume()
    await ada.messageLog.locator('.notice').filter({ hasText: 'connected again' }).waitFor()
    await bo.waitUntilLive()
    await ada.field.press('Enter')
    await ada.composerHolds('')
    await bo.posts('after')
    for (const person of [ada, bo]) await person.sees('meanwhile', 'after')
  },
)
