import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { CuttingProxy } from '../../support/http/cutting-proxy.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

const DAY_MS = 86_400_000

/** Sets the wall clock of the page. Its `performance.now()` goes on. */
async function setClock({ page }: Person, aheadMs: number): Promise<void> {
  await page.evaluate((ms) => {
    const real = Date.now
    Date.now = () => real() + ms
  }, aheadMs)
}

browserTest('a clock that is set neither ends the stream nor hides its silence', async (t, openPerson) => {
  const { url } = await startServer(t, { heartbeat: 2000 })
  const proxy = await CuttingProxy.start(t, url)
  const ada = await openPerson()
  let streams = 0
  ada.page.on('request', (request) => {
    if (/\/events\?/.test(request.url())) streams++
  })
  await ada.enter(`${proxy.url}/r/clock`)
  const nextBeat = () =>
    ada.page.evaluate(
      "new Promise((done) => document.querySelector('#log').addEventListener('beat', () => done(), { once: true }))",
    )
  // As after a sleep: the clock is ahead, and the next heartbeat shows that the stream is alive.
  await nextBeat()
  await setClock(ada, DAY_MS)
  await nextBeat()
  await nextBeat()
  assert.equal(streams, 1)
  // With a clock set back by days, the silence would last for days.
  await setClock(ada, -30 * DAY_MS)
  await nextBeat()
  proxy.stall()
  await ada.page.waitForRequest(/\/events\?/)
  await ada.waitUntilLive()
})

browserTest('two servers on one host keep a browser’s name and own messages apart', async (t, openPerson) => {
  const servers = [await startServer(t), await startServer(t)]
  const ada = await openPerson()
  const names: string[] = []
  const nameOn = async (url: string) => {
    const response = await ada.page.request.get(`${url}/me`, { headers: { Accept: 'application/json' } })
    const { rooms } = (await response.json()) as { rooms: { name: string }[] }
    return rooms[0]?.name ?? ''
  }
  for (const { url } of servers) {
    await ada.enter(`${url}/r/shared`)
    await ada.posts(`from ${url}`)
    names.push(await nameOn(url))
  }
  for (const [at, { url }] of servers.entries()) {
    await ada.enter(`${url}/r/shared`)
    assert.equal(await nameOn(url), names[at])
  }
  const cookies = await ada.context.cookies()
  assert.equal(cookies.filter(({ name }) => name.startsWith('snug.')).length, 2)
})
