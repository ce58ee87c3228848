import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PAGE_MAX_LENGTH } from '../../../src/chat/history/read-history.ts'
import { MESSAGE_MAX_BYTES } from '../../../src/chat/message.ts'
import type { MessageJson } from '../../../src/frames/json.ts'
import { postTexts } from '../../support/http/post-texts.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

/** What a page has besides the texts of its messages. */
const AROUND_TEXTS = 100 * 1024
const FAT = '"'.repeat(MESSAGE_MAX_BYTES)
const FAT_COUNT = 60

const idsIn = (html: string) =>
  [...html.matchAll(/<article class="[^"]*" id="m([^"]+)"/g)].map(([, id]) => id ?? '')

/** The query of the link with this text. */
const linkIn = (html: string, text: string) =>
  new RegExp(`<a[^>]*href="[^"?]*([^"]+)"[^>]*>${text}</a>`).exec(html)?.[1]?.replaceAll('&amp;', '&')

async function fatRoom(t: Parameters<typeof startServer>[0]) {
  const server = await startServer(t)
  await createKeptRoom(server, 'fat')
  const ada = new Visitor(server.url)
  const ids = await postTexts(ada, 'fat', ...Array.from({ length: FAT_COUNT }, () => FAT))
  const page = async (path: string, headers: Record<string, string> = { Accept: 'text/html' }) => {
    const html = await (await ada.get(path, headers)).text()
    assert.ok(html.length < PAGE_MAX_LENGTH + AROUND_TEXTS, `${path} has ${html.length} characters`)
    return html
  }
  return { url: server.url, ids, page }
}

test('P10: no page of messages is longer than its bound, and links lead to all of them', async (t) => {
  const { ids, page } = await fatRoom(t)
  for (const path of ['/r/fat', '/embed/fat', '/r/fat/log', '/r/fat/messages?limit=100']) {
    const shown = idsIn(await page(path))
    assert.ok(shown.length > 30 && shown.length < 50, `${path} shows ${shown.length}`)
    assert.deepEqual(shown, ids.slice(-shown.length), path)
  }

  let html = await page('/r/fat')
  const found = [idsIn(html)]
  for (let older = linkIn(html, 'Older messages'); older; older = linkIn(html, 'Older messages')) {
    html = await page(`/r/fat${older}`)
    found.unshift(idsIn(html))
  }
  assert.deepEqual(found.flat(), ids)
  const back = [idsIn(html)]
  for (let newer = linkIn(html, 'Newer messages'); newer; newer = linkIn(html, 'Newer messages')) {
    html = await page(`/r/fat${newer}`)
    back.push(idsIn(html))
  }
  assert.deepEqual(back.flat(), ids)

  for (const at of [0, 20, FAT_COUNT - 1]) {
    html = await page(`/r/fat?around=${ids[at]}`)
    const around = idsIn(html)
    assert.ok(around.includes(ids[at] ?? ''))
    assert.equal(linkIn(html, 'Older messages') !== undefined, around[0] !== ids[0])
    assert.equal(linkIn(html, 'Newer messages') !== undefined, around.at(-1) !== ids.at(-1))
  }
})

test('P10: pages of history in JSON and in text are bounded, and text has no HTML in its bound', async (t) => {
  const { ids, page } = await fatRoom(t)
  const found: string[] = []
  let before: string | null = ''
  while (before !== null) {
    const answer = JSON.parse(
      await page(`/r/fat/messages?limit=100${before && `&before=${before}`}`, { Accept: 'application/json' }),
    ) as { messages: MessageJson[]; before: string | null }
    found.unshift(...answer.messages.map(({ id }) => id))
    before = answer.before
  }
  assert.deepEqual(found, ids)
  const lines = await page('/r/fat/messages?limit=100', { Accept: 'text/plain' })
  // A long text is wrapped, so messages are counted by the times that begin them.
  assert.equal([...lines.matchAll(/^\d\d:\d\d /gm)].length, FAT_COUNT)
})

test('P10: the beginning of a page that never ends is bounded, too', async (t) => {
  const { url, ids } = await fatRoom(t)
  const response = await fetch(`${url}/r/fat/live.html`)
  assert.ok(response.body)
  let html = ''
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    html += text
    if (html.includes(`id="m${ids.at(-1)}"`)) break
  }
  assert.ok(html.length < PAGE_MAX_LENGTH + AROUND_TEXTS, `${html.length} characters`)
  const shown = idsIn(html)
  assert.deepEqual(shown, ids.slice(-shown.length))
  assert.match(html, new RegExp(`href="\\?before=${shown[0]}"`))
})
