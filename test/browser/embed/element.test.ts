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

const browserTest = browserTests()

const EXAMPLE = join(import.meta.dirname, '..', '..', '..', 'examples', 'embed.html')

/** Records the events that rooms dispatch in the page. */
const LISTEN = `globalThis.dispatched = []
  for (const kind of ['message', 'unread'])
    addEventListener('snug:' + kind, ({ detail, target }) => dispatched.push({ kind, from: target.localName, ...detail }))`

interface Dispatched {
  readonly kind: string
  readonly [name: string]: unknown
}

const dispatched = ({ page }: Person, kind: string) =>
  page.evaluate<Dispatched[]>(`dispatched.filter((what) => what.kind === ${JSON.stringify(kind)})`)

const set = ({ page }: Person, name: string, value: string) =>
  page.locator('snug-room').evaluate((room, [key, text]) => room.setAttribute(key, text), [name, value])

const element = (url: string, attributes = 'room="tea"') =>
  `<script src="${url}/embed.js" async></script><snug-room ${attributes}></snug-room>`

browserTest(
  'the element works in an isolated page with a strict policy, and reports messages to it',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const site = await HostSite.start(t)
    const address = site.servePage('/', element(url), {
      'Content-Security-Policy': `default-src 'none'; script-src ${url}; frame-src ${url}; require-trusted-types-for 'script'`,
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cross-Origin-Opener-Policy': 'same-origin',
    })
    const ada = await openPerson()
    await ada.page.addInitScript(LISTEN)
    await ada.goto(address)
    const room = new EmbeddedRoom(ada, 'snug-room iframe')
    await room.waitUntilLive()
    assert.equal(await ada.page.evaluate('crossOriginIsolated'), true)
    // An iframe without the style would have 150 pixels.
    assert.ok(((await ada.page.locator('snug-room').boundingBox())?.height ?? 0) >= 240)
    await room.posts('one\ntwo')
    await room.sees('one\ntwo')
    const ben = new Visitor(url)
    await ben.post('/r/tea/messages', { text: 'three' })
    await room.sees('one\ntwo', 'three')
    await eventually(async () => assert.equal((await dispatched(ada, 'message')).length, 2))
    const [own, other] = await dispatched(ada, 'message')
    assert.ok(own && other)
    const { id, at, author, ...rest } = own
    assert.deepEqual(rest, { kind: 'message', from: 'snug-room', room: 'tea', text: 'one\ntwo', mine: true })
    assert.match(`${id} ${at}`, /^[\da-z]+\.1 \d{4}-.*Z$/)
    assert.deepEqual(Object.keys(author as object), ['name', 'tag', 'verified'])
    assert.equal(other.mine, false)
  },
)

browserTest(
  'the example works as it is: it counts messages out of view, and its page keeps the focus',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const html = (await readFile(EXAMPLE, 'utf8')).replaceAll('http://localhost:8000', url)
    const site = await HostSite.start(t)
    const ada = await openPerson({ viewport: { width: 500, height: 400 } })
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

browserTest(
  'the element is as high as its messages, within bounds, or as its page sets it',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const site = await HostSite.start(t)
    const ada = await openPerson({ viewport: { width: 500, height: 900 } })
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
    for (const [wanted, expected] of [
      ['300', 300],
      ['20rem', 320],
      ['1px}*{color:red', 480],
    ] as const) {
      await set(ada, 'height', wanted)
      await eventually(async () => assert.equal(await height(), expected))
    }
    await ada.page.addStyleTag({ content: 'snug-room { height: 260px } iframe { display: none }' })
    assert.equal(await height(), 260)
    assert.equal(await room.field.isVisible(), true)
  },
)

browserTest(
  'a new theme keeps the messages; a new room begins empty and adds no entry to the browser’s history',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const site = await HostSite.start(t)
    const ada = await openPerson({ colorScheme: 'light' })
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

browserTest(
  'without a room the element takes one from the page’s address, and it loads when it is near the screen',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const site = await HostSite.start(t)
    const ada = await openPerson()
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
    // A long address is cut to the length of a slug, and stays different from others with the same beginning.
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

browserTest(
  'the page accepts messages only from the room, and the room only from the page',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const site = await HostSite.start(t)
    const ada = await openPerson()
    await ada.page.addInitScript(LISTEN)
    const other = site.servePage('/other', '<p>Another frame</p>').replace('localhost', 'a.localhost')
    await ada.goto(site.servePage('/', `${element(url)}<iframe id="other" src="${other}"></iframe>`))
    const room = new EmbeddedRoom(ada, 'snug-room iframe')
    await room.waitUntilLive()
    const stranger = ada.page.frames().find((frame) => frame.url() === other)
    await stranger?.evaluate("parent.postMessage({ snug: 'message', text: 'forged' }, '*')")
    await ada.page.evaluate("postMessage({ snug: 'message', text: 'forged' }, '*')")
    // Sent to the frame of the room by another frame.
    await stranger?.evaluate("parent.frames[0].postMessage({ snug: 'pause' }, '*')")
    await room.posts('real')
    await room.sees('real')
    await eventually(async () => assert.equal((await dispatched(ada, 'message')).length, 1))
    assert.equal((await dispatched(ada, 'message'))[0]?.text, 'real')
    await room.waitForStatus('live')
  },
)
