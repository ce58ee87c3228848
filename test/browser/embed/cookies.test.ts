import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { type TestContext, test } from 'node:test'
import { Embedded } from '../../support/browser/embedded.ts'
import { HostSite } from '../../support/browser/host-site.ts'
import { eventually } from '../../support/eventually.ts'
import { CuttingProxy } from '../../support/http/cutting-proxy.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'
import { selfSigned } from '../../support/process/certificate.ts'
import { withCookies } from './cookie-choices.ts'

const PATIENCE = { timeout: 60_000 }

/** Snug by https, as in production, and a page of another site with a room in a frame and one in a sandbox. */
async function openPage(t: TestContext, scripts: boolean) {
  const { certificate, key } = await selfSigned(t)
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
    first: site.has('/first', frame('first')),
    address: site.has('/', frame('plain') + frame('sandboxed', sandbox)),
    several: site.has('/several', ['one', 'two', 'three'].map((room) => frame(room)).join('')),
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
  test(`a room in another site’s page works ${how}, in a sandbox too`, PATIENCE, async (t) => {
    const { proxy, first, address, ben } = await openPage(t, scripts)
    const ada = await withCookies(t, cookies, scripts)
    ada.announce(/net::ERR_/, /'allow-scripts' permission is not set/)
    const rooms = ['plain', 'sandboxed'].map((room) => ({ room, embed: new Embedded(ada, `#${room}`) }))
    // Frames that come up together, where nobody was before, begin as several people.
    await ada.goto(first)
    await new Embedded(ada, '#first').isLive()
    await ada.goto(address)
    for (const { room, embed } of rooms) {
      await embed.isLive()
      await ben.post(`/r/${room}/messages`, { text: 'Can you hear me?' }, { Origin: proxy.url })
      await embed.sees('Can you hear me?')
      await embed.says('Yes')
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
    for (const [place, { room, embed }] of rooms.entries()) {
      await embed.isLive()
      await embed.says('Back again')
      await embed.sees('Back again')
      const isSame = (await embed.authorOf('Back again')) === before[place]
      assert.equal(
        isSame,
        remembers.some((name) => name === room),
        `${room}, by the name from before`,
      )
    }
    assert.deepEqual(ada.complaints, [])
  })
}

test('rooms that come up together where nobody was before keep their readers’ names', PATIENCE, async (t) => {
  const { several } = await openPage(t, true)
  const ada = await withCookies(t, 'allowed', true)
  const embeds = ['one', 'two', 'three'].map((room) => new Embedded(ada, `#${room}`))
  const names = async () => {
    for (const { frame } of embeds) await frame.locator('#status[data-state=live]').waitFor()
    return Promise.all(embeds.map(({ frame }) => frame.locator('.me').textContent()))
  }
  await ada.goto(several)
  const before = await names()
  await ada.page.reload({ waitUntil: 'commit' })
  await eventually(async () => assert.deepEqual(await names(), before))
  assert.deepEqual(ada.complaints, [])
})
