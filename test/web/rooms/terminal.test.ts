import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSlug } from '../../../src/chat/room.ts'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'
import { NAUGHTY } from '../../support/naughty-strings.ts'
import { Curl, runCurl } from './curl.ts'

/** The control characters that a terminal obeys, except line ends, TAB, and the carriage return of a heartbeat. */
const CONTROLS = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g

test('curl follows a room, and posts with and without a name', async (t) => {
  const { url } = await startServer(t)
  const reader = new Curl(t, ['-N', `${url}/r/tea/live.txt`])
  await reader.waitForOutput(
    /^-- tea: Nobody else is here\. Times are in UTC\. Say something: curl -d text=hi \S+\/r\/tea\/messages --\n/,
  )
  const named = await runCurl(t, ['-d', 'text=hello', `${url}/r/tea/messages?name=Ada`])
  assert.match(named, /^Posted as Ada \([0-9a-z]+\.1\)\.\n$/)
  const piped = ['--data-binary', '@-', '-H', 'Content-Type: text/plain', `${url}/r/tea/messages?name=Ada`]
  assert.match(await runCurl(t, piped, 'a & b\n  c\n'), /^Posted as Ada \(/)
  const unnamed = [
    await runCurl(t, ['-d', 'text=one', `${url}/r/tea/messages`]),
    await runCurl(t, ['-d', 'text=two', `${url}/r/tea/messages`]),
  ].map((output) => /^Posted as (.+) \(/.exec(output)?.[1])
  assert.match(unnamed[0] ?? '', /^\w+ \w+$/)
  assert.equal(unnamed[0], unnamed[1])
  await reader.waitForOutput(/: two\n/)
  const [, ...lines] = reader.output.replaceAll('\r', '').split('\n')
  assert.deepEqual(
    lines.map((line) => line.replace(/^\d\d:\d\d /, '17:00 ')),
    [
      '17:00 Ada: hello',
      '17:00 Ada: a & b',
      '        c',
      `17:00 ${unnamed[0]}: one`,
      `17:00 ${unnamed[0]}: two`,
      '',
    ],
  )
})

test('curl that follows under a name is listed as present; a name in use is refused with free alternatives', async (t) => {
  const { url } = await startServer(t)
  const reader = new Curl(t, ['-N', `${url}/r/tea/live.txt?name=Ada%20L`])
  await reader.waitForOutput(/'\S+\/r\/tea\/messages\?name=Ada\+L' --\n(.*\n)*-- Ada L joined --\n/)
  assert.equal(await runCurl(t, [`${url}/r/tea/people`]), 'Ada L\n')
  const ben = new Visitor(url)
  await ben.get('/r/tea')
  assert.equal((await ben.post('/r/tea/name', { name: 'Ada L' })).status, 409)
  assert.equal((await ben.post('/r/tea/name', { name: 'Ben' })).status, 303)
  const taken = '“Ben” is taken here, or looks like a name that is.\nBen 2\nBen 3\nBen 4\n'
  assert.equal(await runCurl(t, ['-d', 'text=hi', `${url}/r/tea/messages?name=Ben`]), taken)
  assert.equal(
    await runCurl(t, ['-N', `${url}/r/tea/live.txt?name=B%D0%B5n`]),
    taken.replaceAll('Ben', 'Bеn'),
  )
  assert.match(await runCurl(t, ['-N', `${url}/r/tea/live.txt?name=admin`]), /is reserved/)
})

test('a terminal shows the last ten messages of a kept room under their date, in colour if requested', async (t) => {
  const server = await startServer(t)
  const { url } = server
  const owner = new Visitor(url)
  await makeKeptRoom(owner)
  for (let number = 1; number <= 12; number++)
    await runCurl(t, ['-d', `text=line ${number}`, `${url}/r/tea/messages?name=Ada`])
  const reader = new Curl(t, ['-N', `${url}/r/tea/live.txt?colour`])
  await reader.waitForOutput(/line 12\n/)
  const faint = (text: string) => `\x1b\\[2m${text}\x1b\\[0m`
  const opening = `^${faint('-- tea: .* --')}\n${faint('-- .* \\d{4} --')}\n`
  const firstLine = `${faint('\\d\\d:\\d\\d')} \x1b\\[(1;)?3[1-6]mAda\x1b\\[0m: line 3\n`
  assert.match(reader.output, new RegExp(opening + firstLine))
  assert.equal(reader.output.match(/line/g)?.length, 10)
  assert.equal(new Set(reader.output.match(/\x1b\[\S+mAda/g)).size, 1)
  const history = await runCurl(t, [`${url}/r/tea/messages?limit=2`])
  const [older, day, ...lines] = history.split('\n')
  assert.match(day ?? '', /^-- .* \d{4} --$/)
  assert.match(lines.join('\n'), /^\d\d:\d\d Ada: line 11\n\d\d:\d\d Ada: line 12\n$/)
  const next = /^-- Older messages: curl '(\S+)' --$/.exec(older ?? '')?.[1] ?? ''
  assert.match(await runCurl(t, [next]), /line 9\n.*line 10\n$/)
  assert.match(await runCurl(t, [`${url}/r/milk/messages`]), /^-- Nothing said here is stored\..* --\n$/)
})

test('P6: a stream that ends shows a terminal how to continue, and then nothing is missing or repeated', async (t) => {
  const { url, streams } = await startServer(t)
  await runCurl(t, ['-d', 'text=early', `${url}/r/tea/messages?name=Ben`])
  const reader = new Curl(t, ['-N', `${url}/r/tea/live.txt?name=Ada&color=no`])
  await reader.waitForOutput(/tea: /)
  await runCurl(t, ['-d', 'text=before', `${url}/r/tea/messages?name=Ben`])
  await reader.waitForOutput(/before/)
  await streams.endInRoom(parseSlug('tea'), 'rotate')
  const again = /-- To go on from here: curl -N '(\S+)' --\n$/.exec(await reader.ended)?.[1] ?? ''
  await runCurl(t, ['-d', 'text=between', `${url}/r/tea/messages?name=Ben`])
  const back = new Curl(t, ['-N', again])
  await back.waitForOutput(/between/)
  assert.match(back.output, /^\d\d:\d\d Ben: between\n/)
})

test('no text of others can control a terminal', async (t) => {
  const { url } = await startServer(t)
  const plain = new Curl(t, ['-N', `${url}/r/tea/live.txt?name=Ada`])
  const coloured = new Curl(t, ['-N', `${url}/r/tea/live.txt?color`])
  await Promise.all([plain, coloured].map((reader) => reader.waitForOutput(/tea: /)))
  const eve = new Visitor(url)
  const hostile = [
    '\x1b[2J\x1b[H\x1b]0;title\x07',
    '\x9b31m\x90q\x9c\x85',
    '\r17:00 Ada: forged',
    'x\n17:00 Ada: forged\n-- Ada left --',
    'x\u202217:00 Ada: forged\u2028-- Ada left --\u2029y',
    '\u202emoc.elpmaxe\u202c \u2066x \u2067',
    '\x08\x08\x08\x7f\x0b\x0c\x0e\x1b(0',
    ...NAUGHTY,
  ]
  for (const text of hostile) {
    await eve.post('/r/tea/messages', { text }, { Accept: 'application/json' })
    await eve.post('/r/tea/name', { name: text.slice(0, 30) }, { Accept: 'application/json' })
  }
  await eve.post('/r/tea/messages', { text: 'the end' })
  for (const reader of [plain, coloured]) await reader.waitForOutput(/: the end\n/)
  assert.doesNotMatch(plain.output, CONTROLS)
  assert.doesNotMatch(coloured.output.replace(/\x1b\[(2|0|(1;)?3[1-6])m/g, ''), CONTROLS)
  // Each line begins with a time or `--`, or is indented.
  for (const line of plain.output.replaceAll('\r', '').split('\n'))
    assert.match(line, /^(\d\d:\d\d .+: |-- .* --$| {6}|$)/)
  assert.doesNotMatch(plain.output, /^(17:00 Ada: forged|-- Ada left)/m)
})

test('a terminal gets usage instructions at a room’s address, and all other clients get the page', async (t) => {
  const { url } = await startServer(t, { baseUrl: 'https://chat.example' })
  await new Visitor(url).post(
    '/rooms',
    { room: 'log', kind: 'kept', retention: '7d', listed: 'yes' },
    { Origin: 'https://chat.example' },
  )
  const [room, home] = [await runCurl(t, [`${url}/r/log`]), await runCurl(t, [url])]
  assert.match(room, /^log, a kept room\. Nobody is here\.\nMessages here are kept for 7 days\.\n/)
  assert.match(room, /curl -N https:\/\/chat\.example\/r\/log\/live\.txt\n/)
  assert.match(room, /curl -d text=hi 'https:\/\/chat\.example\/r\/log\/messages\?name=Ada'\n/)
  assert.match(home, /https:\/\/chat\.example\/r\/log {2}0 here, kept\n/)
  assert.match(
    await runCurl(t, ['-H', 'Accept: text/plain', '-A', 'x', `${url}/r/tea`]),
    /^tea, a vanishing room\./,
  )
  for (const accept of ['*/*', 'text/html', 'text/html,application/xhtml+xml,*/*;q=0.8', 'image/*,*/*']) {
    const page = await fetch(`${url}/r/log`, { headers: { Accept: accept } })
    assert.match(await page.text(), /^<!doctype html>/, accept)
  }
  const json = await fetch(`${url}/r/log`, { headers: { Accept: 'application/json' } })
  assert.deepEqual(await json.json(), {
    room: 'log',
    url: 'https://chat.example/r/log',
    here: 0,
    keeps: { retention: '7d', keep: null, listed: true },
  })
})

test('who is here is a name on each line, and an empty room says that nobody is', async (t) => {
  const { url } = await startServer(t)
  const people = async (accept = '*/*') =>
    (await fetch(`${url}/r/tea/people`, { headers: { Accept: accept } })).text()
  assert.equal(await people(), '-- Nobody is here. --\n')
  assert.equal(await people('application/json'), '{"count":0,"people":[]}')
  const stop = new AbortController()
  t.after(() => stop.abort())
  await fetch(`${url}/r/tea/live.ndjson?name=Ada`, { signal: stop.signal })
  assert.equal(await people(), 'Ada\n')
})
