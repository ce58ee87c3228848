import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseSlug } from '../../../src/chat/room.ts'
import { browserTests } from '../../support/browser/browser.ts'
import { EmbeddedRoom } from '../../support/browser/embedded-room.ts'
import { HostSite } from '../../support/browser/host-site.ts'
import type { Person } from '../../support/browser/person.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const inChromium = browserTests()

const EXAMPLE = join(import.meta.dirname, '..', '..', '..', 'examples', 'embed.html')

/** Keeps what rooms tell the page. */
const LISTEN = `globalThis.told = []
  for (const kind of ['message', 'unread'])
    addEventListener('snug:' + kind, ({ detail, target }) => told.push({ kind, from: target.localName, ...detail }))`

interface Told {
  readonly kind: string
  readonly [name: string]: unknown
}

const told = ({ page }: Person, kind: string) =>
  page.evaluate<Told[]>(`told.filter((what) => what.kind === ${JSON.stringify(kind)})`)

const set = ({ page }: Person, name: string, value: string) =>
  page.locator('snug-room').evaluate((room, [key, text]) => room.setAttribute(key, text), [name, value])

const element = (url: string, attributes = 'room="tea"') =>
  `<script src="${url}/embed.js" async></script><snug-room ${attributes}></snug-room>`

inChromium(
  'a room works in a page that trusts nothing else and is isolated, and tells it what is said',
  async (t, come) => {
    const { url } = await startServer(t)
    const site = await HostSite.start(t)
    const address = site.servePage('/', element(url), {
      'Content-Security-Policy': `default-src 'none'; script-src ${url}; frame-src ${url}; require-trusted-types-for 'script'`,
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cross-Origin-Opener-Policy': 'same-origin',
    })
    const ada = await come()
    await ada.page.addInitScript(LISTEN)
    await ada.goto(address)
    const room = new EmbeddedRoom(ada, 'snug-room iframe')
    await room.waitUntilLive()
    assert.equal(await ada.page.evaluate('crossOriginIsolated'), true)
    // Without its style a frame has 150 pixels.
    assert.ok(((await ada.page.locator('snug-room').boundingBox())?.height ?? 0) >= 240)
    await room.posts('one\ntwo')
    await room.sees('one\ntwo')
    const ben = new Visitor(url)
    await ben.post('/r/tea/messages', { text: 'three' })
    await room.sees('one\ntwo', 'three')
    await eventually(async () => assert.equal((await told(ada, 'message')).length, 2))
    const [own, other] = await told(ada, 'message')
    assert.ok(own && other)
    const { id, at, author, ...rest } = own
    assert.deepEqual(rest, { kind: 'message', from: 'snug-room', room: 'tea', text: 'one\ntwo', mine: true })
    assert.match(`${id} ${at}`, /^[\da-z]+\.1 \d{4}-.*Z$/)
    assert.deepEqual(Object.keys(author as object), ['name', 'tag', 'verified'])
    assert.equal(other.mine, false)
  },
)

inChromium(
  'the example works as it stands: its page is told of what is out of view, and keeps its focus',
  async (t, come) => {
    const { url } = await startServer(t)
    const html = (await readFile(EXAMPLE, 'utf8')).replaceAll('http://localhost:8000', url)
    const site = await HostSite.start(t)
    const ada = await come({ viewport: { width: 500, height: 400 } })
    await ada.goto(site.servePage('/', html))
    const [tea, shop] = [new EmbeddedRoom(ada, 'snug-room iframe'), new EmbeddedRoom(ada, 'body > iframe')]
    await tea.waitUntilLive()
    assert.equal(await ada.page.evaluate('document.activeElement.localName + scrollY'), 'body0')
    await shop.waitUntilLive()
    await shop.posts('Do you have a kettle?')
    await shop.sees('Do you have a kettle?')
    await ada.page.evaluate('scrollTo(0, 1e6)')
    await eventually(async () => {
      await new Visitor(url).post('/r/tea/messages', { text: 'Too hot' })
      assert.match((await ada.page.locator('#news').textContent()) ?? '', /^\d+ new, further up$/)
    })
    await ada.page.evaluate('scrollTo(0, 0)')
    await ada.page.getByText('Nothing new.').waitFor()
  },
)

inChromium(
  'a room is as high as what is said in it, between bounds, or as its page says',
  async (t, come) => {
    const { url } = await startServer(t)
    const site = await HostSite.start(t)
    const ada = await come({ viewport: { width: 500, height: 900 } })
    await ada.goto(site.servePage('/', element(url)))
    const room = new EmbeddedRoom(ada, 'snug-room iframe')
    await room.waitUntilLive()
    const height = async () => (await ada.page.locator('snug-room').boundingBox())?.height ?? 0
    const first = await height()
    assert.ok(first >= 240 && first < 480, `${first}`)
    const ben = new Visitor(url)
    const grows = async (from: number) => {
      await ben.post('/r/tea/messages', { text: 'one\n\ntwo\n\nthree' })
      await eventually(async () => assert.ok((await height()) > from, `${await height()}`))
    }
    await grows(first)
    while ((await height()) < 480) await grows(await height())
    assert.equal(await height(), 480)
    for (const [asked, given] of [
      ['300', 300],
      ['20rem', 320],
      ['1px}*{color:red', 480],
    ] as const) {
      await set(ada, 'height', asked)
      await eventually(async () => assert.equal(await height(), given))
    }
    await ada.page.addStyleTag({ content: 'snug-room { height: 260px } iframe { display: none }' })
    assert.equal(await height(), 260)
    assert.equal(await room.field.isVisible(), true)
  },
)

inChromium(
  'another look changes nothing of what is said; another room begins afresh, and leaves no step on the way back',
  async (t, come) => {
    const { url } = await startServer(t)
    const site = await HostSite.start(t)
    const ada = await come({ colorScheme: 'light' })
    await ada.goto(site.servePage('/', element(url)))
    const room = new EmbeddedRoom(ada, 'snug-room iframe')
    await room.waitUntilLive()
    await room.posts('still here')
    await room.sees('still here')
    const steps = await ada.page.evaluate('history.length')
    const paper = () =>
      room.frame
        .locator('body')
        .evaluate((body) => body.ownerDocument.defaultView.getComputedStyle(body).backgroundColor)
    const before = await paper()
    await set(ada, 'theme', 'dark')
    await set(ada, 'accent', '#2b6e3f')
    await eventually(async () => assert.notEqual(await paper(), before))
    await room.frame.locator('link[href="/accent/2b6e3f.css"]').waitFor({ state: 'attached' })
    await room.sees('still here')
    await ada.page.evaluate("document.querySelector('snug-room').pause()")
    await room.waitForStatus('paused')
    await ada.page.evaluate("document.querySelector('snug-room').resume()")
    await room.waitForStatus('live')
    await set(ada, 'room', 'Green Tea')
    await room.waitUntilLive()
    await room.sees()
    assert.match(
      (await ada.page.locator('snug-room iframe').getAttribute('src')) ?? '',
      /\/embed\/green-tea\?/,
    )
    await ada.page.evaluate(
      "const room = document.querySelector('snug-room'); room.remove(); document.body.prepend(room)",
    )
    await room.waitUntilLive()
    await room.posts('after all')
    await room.sees('after all')
    assert.equal(await ada.page.evaluate('history.length'), steps)
  },
)

inChromium(
  'a page without a room of its own gets one by its address, and far below it loads when it comes near',
  async (t, come) => {
    const { url } = await startServer(t)
    const site = await HostSite.start(t)
    const ada = await come()
    const path = '/2026/11/%C3%9Cber-Tee'
    await ada.goto(site.servePage(path, `<p style="height: 9000px">A long article</p>${element(url, '')}`))
    const frame = ada.page.locator('snug-room iframe')
    await frame.waitFor({ state: 'attached' })
    const slug = parseSlug(decodeURIComponent(new URL(site.origin()).host + path))
    assert.equal(
      new URL((await frame.getAttribute('src')) ?? '').pathname,
      `/embed/${encodeURIComponent(slug)}`,
    )
    assert.equal(ada.page.frames().filter((one) => one.url().startsWith(url)).length, 0)
    await frame.scrollIntoViewIfNeeded()
    await new EmbeddedRoom(ada, 'snug-room iframe').waitUntilLive()
    // Cut at what a slug may have, and told apart from others that begin alike.
    const rooms = new Set<string>()
    for (const end of ['one', 'two']) {
      await ada.goto(
        site.servePage(`/a-long-address-that-goes-on-and-on-and-on-and-${end}`, element(url, '')),
      )
      await frame.waitFor({ state: 'attached' })
      const room = new URL((await frame.getAttribute('src')) ?? '').pathname.slice('/embed/'.length)
      assert.equal(parseSlug(room), room)
      rooms.add(room)
    }
    assert.equal(rooms.size, 2)
  },
)

inChromium(
  'nobody but the room is believed by the page, and nobody but the page by the room',
  async (t, come) => {
    const { url } = await startServer(t)
    const site = await HostSite.start(t)
    const ada = await come()
    await ada.page.addInitScript(LISTEN)
    const other = site.servePage('/other', '<p>Another frame</p>').replace('localhost', 'a.localhost')
    await ada.goto(site.servePage('/', `${element(url)}<iframe id="other" src="${other}"></iframe>`))
    const room = new EmbeddedRoom(ada, 'snug-room iframe')
    await room.waitUntilLive()
    const stranger = ada.page.frames().find((frame) => frame.url() === other)
    await stranger?.evaluate("parent.postMessage({ snug: 'message', text: 'forged' }, '*')")
    await ada.page.evaluate("postMessage({ snug: 'message', text: 'forged' }, '*')")
    // From the frame of the room, by what is no room.
    await stranger?.evaluate("parent.frames[0].postMessage({ snug: 'pause' }, '*')")
    await room.posts('real')
    await room.sees('real')
    await eventually(async () => assert.equal((await told(ada, 'message')).length, 1))
    assert.equal((await told(ada, 'message'))[0]?.text, 'real')
    await room.waitForStatus('live')
  },
)
