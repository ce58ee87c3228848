import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { type TestContext, test } from 'node:test'
import { TEST_TIMEOUT_MS } from '../../support/browser/browser.ts'
import { EmbeddedRoom } from '../../support/browser/embedded-room.ts'
import { HostSite } from '../../support/browser/host-site.ts'
import { eventually } from '../../support/eventually.ts'
import { CuttingProxy } from '../../support/http/cutting-proxy.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'
import { createSelfSigned } from '../../support/process/certificate.ts'
import { openWithCookies } from './cookie-settings.ts'

const LIMIT = { timeout: TEST_TIMEOUT_MS }

/** Starts Snug with https, as in production, and pages of another site with embeds, one of them in a sandbox. */
async function openPage(t: TestContext, scripts: boolean) {
  const { certificate, key } = await createSelfSigned(t)
  const identity = { cert: await readFile(certificate), key: await readFile(key) }
  const proxy = await CuttingProxy.start(t, 'http://127.0.0.1:1', undefined, identity)
  const { url } = await startServer(t, { baseUrl: proxy.url })
  proxy.target = url
  const sandbox = `sandbox="allow-forms${scripts ? ' allow-scripts' : ''}"`
  const frame = (room: string, more = '') =>
    `<iframe id="${room}" src="${proxy.url}/embed/${room}" ${more} width="500" height="300"></iframe>`
  const site = await HostSite.start(t)
  return {
    proxy,
    first: site.servePage('/first', frame('first')),
    address: site.servePage('/', frame('plain') + frame('sandboxed', sandbox)),
    several: site.servePage('/several', ['one', 'two', 'three'].map((room) => frame(room)).join('')),
    ben: new Visitor(url),
  }
}

for (const [cookies, scripts, remembers] of [
  ['allowed', true, ['plain', 'sandboxed']],
  ['allowed', false, ['plain', 'sandboxed']],
  ['blocked', true, ['plain', 'sandboxed']],
  ['blocked', false, ['plain', 'sandboxed']],
  ['blocked everywhere', true, []],
] as const) {
  const how = `with cookies ${cookies} and ${scripts ? '' : 'no '}scripts`
  test(`a room in another site’s page works ${how}, in a sandbox too`, LIMIT, async (t) => {
    const { proxy, first, address, ben } = await openPage(t, scripts)
    const ada = await openWithCookies(t, cookies, scripts)
    ada.expectErrors(/net::ERR_/, /'allow-scripts' permission is not set/)
    const rooms = ['plain', 'sandboxed'].map((room) => ({ room, embed: new EmbeddedRoom(ada, `#${room}`) }))
    // Embeds that load together in a new browser would begin as several members.
    await ada.goto(first)
    await new EmbeddedRoom(ada, '#first').waitUntilLive()
    await ada.goto(address)
    for (const { room, embed } of rooms) {
      await embed.waitUntilLive()
      await ben.post(`/r/${room}/messages`, { text: 'Can you hear me?' }, { Origin: proxy.url })
      await embed.sees('Can you hear me?')
      await embed.posts('Yes')
      await embed.sees('Can you hear me?', 'Yes')
    }
    if (scripts) {
      proxy.cut()
      for (const { room, embed } of rooms) {
        await ben.post(`/r/${room}/messages`, { text: 'And now?' }, { Origin: proxy.url })
        await embed.sees('Can you hear me?', 'Yes', 'And now?')
      }
    }
    const before = await Promise.all(rooms.map(({ embed }) => embed.authorOf('Yes')))
    await ada.page.reload({ waitUntil: 'commit' })
    for (const [index, { room, embed }] of rooms.entries()) {
      await embed.waitUntilLive()
      await embed.posts('Back again')
      await embed.sees('Back again')
      const isSame = (await embed.authorOf('Back again')) === before[index]
      assert.equal(
        isSame,
        remembers.some((name) => name === room),
        `${room}, by the name from before`,
      )
    }
    assert.deepEqual(ada.unexpectedErrors, [])
  })
}

test(
  'several embeds that load together in a new browser keep the names of their reader',
  LIMIT,
  async (t) => {
    const { several } = await openPage(t, true)
    const ada = await openWithCookies(t, 'allowed', true)
    const embeds = ['one', 'two', 'three'].map((room) => new EmbeddedRoom(ada, `#${room}`))
    const names = async () => {
      for (const { frame } of embeds) await frame.locator('#status[data-state=live]').waitFor()
      return Promise.all(embeds.map(({ frame }) => frame.locator('.own-name').textContent()))
    }
    await ada.goto(several)
    const before = await names()
    await ada.page.reload({ waitUntil: 'commit' })
    await eventually(async () => assert.deepEqual(await names(), before))
    assert.deepEqual(ada.unexpectedErrors, [])
  },
)
