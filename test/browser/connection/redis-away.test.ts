import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { startClusteredProcesses } from '../../support/process/clustered-processes.ts'

const browserTest = browserTests()

const AWAY = /can’t reach its database/

/** Posts a message while it can't be accepted. It comes back into the composer. */
async function failsToPost(person: Person, text: string): Promise<void> {
  person.expectErrors(/^Failed to load resource.* 503/)
  const response = person.page.waitForResponse((received) => received.url().endsWith('/messages'))
  await person.posts(text)
  assert.equal((await response).status(), 503)
  await person.composerHolds(text, AWAY)
}

browserTest(
  'P7: while Redis hangs, pages say so and keep the typed text; when it resumes, they recover without a reload',
  async (t, openPerson) => {
    const { redis, one, two } = await startClusteredProcesses(t)
    const [ada, bo] = [await openPerson(), await openPerson()]
    await ada.enter(`${one.url}/r/still`)
    await bo.enter(`${two.url}/r/still`)
    await ada.page.evaluate('document.body.dataset.same = "yes"')
    await ada.posts('before')
    for (const person of [ada, bo]) await person.sees('before')
    redis.pause()
    // The first post waits in a socket of Redis, which may accept it when it resumes: it must not appear twice.
    await failsToPost(ada, 'meanwhile')
    for (const person of [ada, bo]) await person.waitForStatus('reconnecting')
    await failsToPost(ada, 'meanwhile')
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
  'P7: without scripts a refused post comes back with its text, and is accepted once when it is sent again',
  async (t, openPerson) => {
    const { redis, one, two } = await startClusteredProcesses(t)
    const [ada, bo] = [await openPerson({ javaScriptEnabled: false }), await openPerson()]
    await ada.enter(`${one.url}/r/still`)
    await bo.enter(`${two.url}/r/still`)
    redis.pause()
    await failsToPost(ada, 'meanwhile')
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
