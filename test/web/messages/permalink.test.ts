import assert from 'node:assert/strict'
import { test } from 'node:test'
import { numberedLines, postTexts } from '../../support/http/post-texts.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const AS_FRAGMENT = { 'HX-Request': 'true' }

/** The texts of the messages in a page. */
function texts(html: string): string[] {
  return [...html.matchAll(/<div(?: class="edited")? dir="auto"><p>(.*?)<\/p><\/div>/gs)].map(
    ([, text]) => text ?? '',
  )
}

/** The address of the link with this text. */
function linkIn(html: string, text: string): string | undefined {
  return new RegExp(`<a[^>]*href="([^"]+)"[^>]*>${text}</a>`).exec(html)?.[1]?.replaceAll('&amp;', '&')
}

test('the page of a kept room shows the newest 50 messages, and links lead through the history and back', async (t) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea')
  const ada = new Visitor(server.url)
  const lines = numberedLines(120)
  await postTexts(ada, 'tea', ...lines)
  let html = await (await ada.get('/r/tea')).text()
  assert.deepEqual(texts(html), lines.slice(-50))
  assert.doesNotMatch(html, /vanish/i)
  const read = [texts(html)]
  for (;;) {
    const older = linkIn(html, 'Older messages')
    if (!older) break
    html = await (await ada.get(new URL(older, 'http://x/r/tea').href.slice('http://x'.length))).text()
    assert.equal(linkIn(html, 'Newest messages'), '/r/tea')
    read.unshift(texts(html))
  }
  assert.deepEqual(read.flat(), lines)
  assert.deepEqual(
    read.map(({ length }) => length),
    [20, 50, 50],
  )
  const back = texts(html)
  for (let newer = linkIn(html, 'Newer messages'); newer; newer = linkIn(html, 'Newer messages')) {
    html = await (await ada.get(newer)).text()
    back.push(...texts(html))
  }
  assert.deepEqual(back, lines)
})

test('htmx gets older messages as a fragment, with a link to the ones before', async (t) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea')
  const ada = new Visitor(server.url)
  const ids = await postTexts(ada, 'tea', ...numberedLines(70))
  const part = await (await ada.get(`/r/tea?before=${ids[60]}`, AS_FRAGMENT)).text()
  assert.match(part, /^<a class="older"/)
  assert.deepEqual(texts(part), numberedLines(60).slice(10))
  assert.equal(linkIn(part, 'Older messages'), `?before=${ids[10]}`)
  const last = await (await ada.get(`/r/tea?before=${ids[10]}`, AS_FRAGMENT)).text()
  assert.deepEqual([texts(last), linkIn(last, 'Older messages')], [numberedLines(10), undefined])
})

test('a link to a message opens the page around it, even from the log of a page without scripts', async (t) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea')
  const ada = new Visitor(server.url)
  const ids = await postTexts(ada, 'tea', ...numberedLines(90))
  const link = linkIn(await (await ada.get(`/r/tea?before=${ids[40]}`)).text(), '\\d\\d:\\d\\d UTC')
  assert.equal(link, `?around=${ids[0]}#m${ids[0]}`)
  const html = await (await ada.get(`/r/tea?around=${ids[40]}`)).text()
  assert.deepEqual(texts(html), numberedLines(66).slice(16))
  assert.match(html, new RegExp(`id="m${ids[40]?.replace('.', '\\.')}"`))
  assert.equal(linkIn(html, 'Older messages'), `/r/tea?before=${ids[16]}`)
  assert.equal(linkIn(html, 'Newer messages'), `/r/tea?after=${ids[65]}`)
  const fromLog = await ada.get(`/r/tea/live.html?around=${ids[40]}`)
  assert.equal(fromLog.status, 302)
  assert.equal(fromLog.headers.get('Location'), `/r/tea?around=${ids[40]}`)
})

test('a link to a deleted or unknown message, or into a vanishing room, opens a page that says so', async (t) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea')
  const ada = new Visitor(server.url)
  const [deleted = ''] = await postTexts(ada, 'tea', 'soon gone', 'stays')
  await ada.post(`/r/tea/messages/${deleted}/delete`, {})
  for (const [path, status, sentence] of [
    [`/r/tea?around=${deleted}`, 404, /This message is not here any more\./],
    ['/r/tea?around=k3x9.1', 404, /This message is not here any more\./],
    ['/r/tea?around=x', 422, /must be the id of a message/],
    ['/r/pop?around=k3x9.1', 404, /Nothing is kept in this room/],
    ['/r/pop?before=k3x9.1', 404, /Nothing is kept in this room/],
    [`/r/tea/messages/${deleted}`, 404, /This message is not here any more\./],
    ['/r/tea/messages/x', 404, /No message has this id/],
    ['/r/pop/messages/k3x9.1', 404, /Nothing is kept in this room/],
  ] as const) {
    const response = await ada.get(path)
    assert.equal(response.status, status, path)
    assert.match(await response.text(), sentence)
  }
})

test('the style sheet of a superseded message hides its old version, and is immutable', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  const response = await ada.get('/gone/k3x9.41.css')
  assert.equal(response.status, 200)
  assert.match(response.headers.get('Content-Type') ?? '', /^text\/css/)
  assert.match(response.headers.get('Cache-Control') ?? '', /immutable/)
  assert.equal(response.headers.get('Set-Cookie'), null)
  const css = await response.text()
  assert.ok(css.startsWith('[id="mk3x9.41"]:has(~[id="mk3x9.41"],~[data-deleted="k3x9.41"]){display:none}'))
  for (const path of [
    '/gone/k3x9.css',
    '/gone/K.1.css',
    '/gone/a.1%22.css',
    '/gone/.css',
    '/gone/a.1',
    '/gone/a.01.css',
  ])
    assert.equal((await ada.get(path)).status, 404, path)
})

test('a failure page below a room links to the room', async (t) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea')
  const ada = new Visitor(server.url)
  for (const path of ['/r/tea?around=zzz.1', '/r/tea/messages/zzz.1', '/r/tea/tokens']) {
    const answer = await ada.get(path)
    assert.ok(answer.status >= 400, path)
    assert.match(await answer.text(), /href="\/r\/tea"/, path)
  }
  assert.doesNotMatch(await (await ada.get('/r/%E0%A4?around=zzz.1')).text(), /href="\/r\//)
})
