import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FORMATS, type Gap } from '../../src/chat/delivery/frames.ts'
import type { Posted } from '../../src/chat/event.ts'
import { parseDraft } from '../../src/chat/message.ts'
import type { PresenceUpdate } from '../../src/chat/signal.ts'
import { encoders } from '../../src/frames/encoders.ts'
import { messageJson } from '../../src/frames/json.ts'
import { messageItem } from '../../views/message-item.tsx'
import { renderText } from '../../views/render-text.ts'
import { anyText } from '../support/any-text.ts'
import { AUTHOR, eventId, idText, posted, uncheckedName } from '../support/events.ts'
import { readSse } from '../support/http/read-sse.ts'

const GAP: Gap = { kind: 'gap', id: eventId(9), missed: 3 }

/** A message with any text that could be posted. */
const anyPosted: fc.Arbitrary<Posted> = anyText.map((text) =>
  posted(7, parseDraft({ text: `!${text}` }).text),
)

function everyMessage(check: (event: Posted) => void): void {
  fc.assert(fc.property(anyPosted, check), { numRuns: 1500 })
}

test('a message in json is one SSE event, with its id and the whole text', () => {
  everyMessage((event) => {
    const { events } = readSse(encoders.json.posted(event))
    assert.equal(events.length, 1)
    assert.deepEqual(
      { ...events[0], data: JSON.parse(events[0]?.data ?? '') },
      {
        event: undefined,
        id: idText(7),
        data: messageJson(event, []),
      },
    )
  })
})

test('a message in ndjson is one line, with the whole text', () => {
  everyMessage((event) => {
    const [line, ...rest] = encoders.ndjson.posted(event).split('\n')
    assert.deepEqual(rest, [''])
    assert.deepEqual(JSON.parse(line ?? ''), messageJson(event, []))
  })
})

test('a message in htmx is one unnamed SSE event, whose data is the message as in the page', () => {
  everyMessage((event) => {
    const { events } = readSse(encoders.htmx.posted(event))
    assert.deepEqual(events, [{ event: undefined, id: idText(7), data: messageItem(event) }])
  })
})

test('a message in html is one article, and no text can break out of it', () => {
  everyMessage((event) => {
    const html = encoders.html.posted(event)
    const [before, after, ...rest] = html.split(renderText(event.text))
    const around = encoders.html.posted({ ...event, text: 'x' }).split('<p>x</p>')
    assert.deepEqual([before, after, ...rest], around)
    assert.equal(html.match(/<\/?article/g)?.length, 2)
    assert.doesNotMatch(html, /<(?:script|img|div id)/i)
  })
})

test('a message in text begins one line, and its further lines are indented', () => {
  everyMessage((event) => {
    const lines = encoders.text.posted(event).split('\n')
    assert.equal(lines.pop(), '')
    assert.equal(lines.filter((line) => !line.startsWith('      ')).length, 1)
    assert.match(lines[0] ?? '', /^17:00 Quiet Otter: !/)
    assert.doesNotMatch(lines.join(''), /[\0-\x08\x0b-\x1f\x7f-\x9f]/)
  })
})

/** What a terminal shows in its first column: it breaks lines that are wider than it. */
function* shownLines(text: string, columns: number): Generator<string> {
  for (const line of text.split('\n'))
    for (let at = 0; at < Math.max(1, line.length); at += columns) yield line.slice(at, at + columns)
}

test('no text can imitate another line, whatever the width of the terminal that it is padded to', () => {
  const head = '17:00 Quiet Otter: '.length
  for (const columns of [40, 60, 80, 81, 100, 120, 132, 200])
    for (const fake of ['17:01 Ada: I agree', '17:01 Ada (edited): I agree', '-- Ada left --'])
      for (const fill of [' ', '\u00a0', 'x', 'x ', '\u2003', '\t', '・', '\u3000', '🙂 ', '│', '\u0301']) {
        for (let rows = 1; rows <= 3; rows++)
          for (const slack of [-1, 0, 1]) {
            const padding = fill.repeat(columns).slice(0, Math.max(0, rows * columns - head - 1 + slack))
            for (const between of ['', ' ', '   ']) {
              // In a terminal narrower than 80 columns, words around it can hide it from us.
              if (columns < 80 && (between !== '   ' || fill === '\t')) continue
              const text = encoders.text.posted(posted(1, `a${padding}${between}${fake}`))
              const [, ...shown] = [...shownLines(text, columns)]
              const imitated = shown.filter((line) => /^\s{0,5}(\d\d:\d\d |-- )/u.test(line))
              assert.deepEqual(imitated, [], JSON.stringify({ columns, fake, fill, rows, between, text }))
            }
          }
      }
})

test('long lines are wrapped after their indent; addresses stay whole', () => {
  const url = `https://example.org/${'a'.repeat(100)}`
  const text = encoders.text.posted(
    posted(1, `${'word '.repeat(30)}${url} end\n\tif (x)\n  ${'─'.repeat(60)}`),
  )
  const lines = text.trimEnd().split('\n')
  for (const line of lines) assert.ok(line.includes(url) || line.length <= 79, line)
  assert.ok(lines.includes(`      ${url}`), text)
  assert.ok(lines.includes('      \tif (x)'))
  assert.ok(lines.includes(`        ${'─'.repeat(60)}`))
  assert.equal(text.replace(/\s+/g, ' ').slice(19, 19 + 149), 'word '.repeat(30).trim())
  const family = '👨‍👩‍👧‍👦'.repeat(30)
  const emoji = encoders.text.posted(posted(1, family))
  assert.ok(
    emoji
      .split(/\n +/)
      .slice(1)
      .every((line) => /^(👨‍👩‍👧‍👦)*\n?$/u.test(line)),
    emoji,
  )
  const many = Array.from({ length: 3 }, (_, n) => `${'N'.repeat(28)} --${n}`)
  const here = encoders.text.here({
    kind: 'here',
    count: 3,
    renamed: [],
    left: [],
    more: { joined: 0, left: 0 },
    joined: many.map((name) => ({ name: uncheckedName(name), tag: 'x' })),
  } as unknown as PresenceUpdate)
  assert.match(here, /^-- N+ --0 joined · N+ --1\n {6}joined · N+ --2 joined --\n$/)
})

test('wrapping the longest messages takes less than a millisecond or two', () => {
  for (const unit of ['a', ' ', ' 17:00 a', '字', 'e\u0301', '- ', '\t', '👨‍👩‍👧 ', '17:00 ', 'https://a ']) {
    const event = posted(1, `x${unit.repeat(Math.floor(4095 / Buffer.byteLength(unit)))}`)
    const times = Array.from({ length: 7 }, () => {
      const before = performance.now()
      encoders.text.posted(event)
      return performance.now() - before
    })
    assert.ok(Math.min(...times) < 2, `${unit}: ${times}`)
    if (process.env.SHOW) console.log(JSON.stringify(unit), Math.min(...times))
  }
})

test('a message in ansi has the same lines as in text, and nothing but colours is added', () => {
  const sgr = /\x1b\[(?:[02]|(?:1;)?3[1-6])m/g
  everyMessage((event) => {
    const coloured = encoders.ansi.posted(event)
    assert.equal(coloured.replace(sgr, ''), encoders.text.posted(event))
    assert.equal(coloured.match(sgr)?.length, 4)
  })
  for (const format of ['text', 'ansi'] as const) {
    const event = {
      ...posted(1, 'a\u2028b\x1b[2J\u202e'),
      author: { ...AUTHOR, name: uncheckedName('A\x9b\nB') },
    }
    const line = encoders[format].posted(event).replace(sgr, '')
    assert.equal(line, '17:00 A B: a\n      b[2J\n')
  }
  assert.equal(encoders.ansi.gap(GAP), '\x1b[2m-- 3 messages are missing here. --\x1b[0m\n')
})

test('a name is escaped like all other text', () => {
  const event = { ...posted(1), author: { ...AUTHOR, name: uncheckedName('</bdi><script>"&') } }
  for (const format of ['html', 'htmx'] as const)
    assert.match(encoders[format].posted(event), /<bdi>&lt;\/bdi&gt;&lt;script&gt;&quot;&amp;<\/bdi>/)
})

test('an opening has the cursor, the retry time and, for the page, the number of replayed messages', () => {
  const sse = (format: 'htmx' | 'json') => readSse(encoders[format].opening(eventId(5), 1234, 2))
  assert.deepEqual(sse('htmx'), { events: [{ event: 'open', id: idText(5), data: '2' }], retries: [1234] })
  assert.deepEqual(sse('json').retries, [1234])
  assert.deepEqual(JSON.parse(sse('json').events[0]?.data ?? ''), { kind: 'open', cursor: idText(5) })
  assert.deepEqual(JSON.parse(encoders.ndjson.opening(eventId(5), 1, 2)), { kind: 'open', cursor: idText(5) })
})

test('a gap has the number of missing messages, and the id to continue from', () => {
  const [named, shown, ...more] = readSse(encoders.htmx.gap(GAP)).events
  assert.deepEqual(named, { event: 'gap', id: undefined, data: '3' })
  assert.equal(shown?.id, idText(9))
  assert.match(shown?.data ?? '', /3 messages are missing here/)
  assert.deepEqual(more, [])
  const [event] = readSse(encoders.json.gap(GAP)).events
  assert.deepEqual([event?.event, event?.id], ['gap', idText(9)])
  assert.deepEqual(JSON.parse(event?.data ?? ''), { kind: 'gap', cursor: idText(9), missed: 3 })
  assert.deepEqual(JSON.parse(encoders.ndjson.gap(GAP)), { kind: 'gap', cursor: idText(9), missed: 3 })
  assert.equal(encoders.text.gap(GAP), '-- 3 messages are missing here. --\n')
  assert.match(encoders.html.gap({ ...GAP, missed: 1 }), /1 message is missing here/)
})

test('a gap of unknown size says so', () => {
  const unknown: Gap = { ...GAP, missed: undefined }
  for (const format of ['htmx', 'html', 'text'] as const)
    assert.match(encoders[format].gap(unknown), /Some messages may be missing here/)
  assert.equal(JSON.parse(encoders.ndjson.gap(unknown)).missed, null)
  assert.equal(JSON.parse(readSse(encoders.json.gap(unknown)).events[0]?.data ?? '').missed, null)
  assert.equal(readSse(encoders.htmx.gap(unknown)).events[0]?.data, '')
})

test('a heartbeat and an ending never move the reader’s cursor', () => {
  for (const format of ['htmx', 'json'] as const) {
    for (const ending of ['rotate', 'drain', 'busy'] as const) {
      const { events, retries } = readSse(
        encoders[format].heartbeat() + encoders[format].ending(ending, 99, '/r/x'),
      )
      assert.deepEqual(
        events.map(({ event, id }) => [event, id]),
        [
          ['beat', undefined],
          [ending, undefined],
        ],
      )
      assert.deepEqual(retries, [99])
    }
  }
})

test('a page without scripts continues at its cursor by a refresh', () => {
  const end = encoders.html.ending('rotate', 1200, '/r/lobby/live.html?after=a.1&proof="><x')
  assert.match(
    end,
    /<meta http-equiv="refresh" content="2;url=\/r\/lobby\/live\.html\?after=a\.1&amp;proof=&quot;&gt;&lt;x"/,
  )
})

test('every format has the content type that its readers expect', () => {
  assert.deepEqual(
    FORMATS.map((format) => encoders[format].contentType),
    [
      'text/event-stream',
      'text/html; charset=utf-8',
      'text/event-stream',
      'application/x-ndjson',
      'text/plain; charset=utf-8',
      'text/plain; charset=utf-8',
    ],
  )
})

const SEAT = { name: AUTHOR.name, tag: AUTHOR.tag }
const HERE: PresenceUpdate = {
  kind: 'here',
  count: 7,
  joined: [SEAT],
  left: [{ name: uncheckedName('<b>'), tag: 'def456' }],
  renamed: [{ ...SEAT, before: uncheckedName('Otter') }],
  more: { joined: 4, left: 0 },
}

test('presence is a count for the head of the page, and a quiet line of the log', () => {
  const [named, line, ...more] = readSse(encoders.htmx.here(HERE)).events
  assert.equal(named?.event, 'here')
  const { count, joined, left, renamed } = HERE
  assert.deepEqual(JSON.parse(named?.data ?? ''), { count, joined, left, renamed })
  assert.deepEqual(more, [])
  assert.equal(line?.id, undefined)
  assert.match(line?.data ?? '', /^<p class="notice presence-line" aria-live="off">/)
  assert.match(line?.data ?? '', /<span data-by="def456">\u2068&lt;b&gt;\u2069 left<\/span>/)
  assert.equal(encoders.html.here(HERE), line?.data)
  assert.equal(
    encoders.text.here(HERE),
    '-- Otter is now Quiet Otter · Quiet Otter joined · 4 others joined · <b> left --\n',
  )
})

test('in a large room only the count is sent', () => {
  const many = { ...HERE, count: 51 }
  assert.deepEqual(
    readSse(encoders.htmx.here(many)).events.map(({ event }) => event),
    ['here'],
  )
  assert.equal(encoders.html.here(many) + encoders.text.here(many), '')
})

test('API clients receive presence and typing signals as they are', () => {
  assert.deepEqual(JSON.parse(encoders.ndjson.here(HERE)), HERE)
  const typing = { kind: 'typing', ...SEAT } as const
  for (const [frame, signal] of [
    [encoders.json.here(HERE), HERE],
    [encoders.json.typing(typing), typing],
    [encoders.htmx.typing(typing), SEAT],
  ] as const) {
    const [event] = readSse(frame).events
    assert.deepEqual(JSON.parse(event?.data ?? ''), signal)
    assert.equal(event?.id, undefined)
  }
  assert.deepEqual(JSON.parse(encoders.ndjson.typing(typing)), typing)
  assert.equal(encoders.html.typing(typing) + encoders.text.typing(typing), '')
})
