import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ADA, BOB, LOBBY } from '../support/events.ts'
import { testChat } from '../support/test-chat.ts'

/** Lets what was promised so far come true. */
const settle = () => new Promise((resolve) => setImmediate(resolve))

test('readers are told how many members are here, once for those who come together', async () => {
  const { hub, roster, presence, clock } = testChat()
  const received: string[] = []
  const feed = await hub.feed(LOBBY)
  feed.join(
    { format: 'ndjson', send: (parcel) => void received.push(...parcel.trim().split('\n')) },
    undefined,
  )
  const tell = async () => {
    received.length = 0
    clock.advance(500)
    await settle()
    clock.advance(10)
    return received.map((line) => JSON.parse(line) as unknown)
  }
  const undo = await Promise.all([ADA, ADA, BOB].map((member) => roster.enter(LOBBY, member)))
  for (const _ of undo) presence.changed(LOBBY)
  assert.deepEqual(await tell(), [{ kind: 'here', count: 2 }])
  assert.deepEqual(await tell(), [])
  undo[2]?.()
  presence.changed(LOBBY)
  assert.deepEqual(await tell(), [{ kind: 'here', count: 1 }])
})

test('a message soon after another of the same author is marked, and none after a gap or another author', async () => {
  const { bus, hub, roster, clock } = testChat()
  const received: string[] = []
  const feed = await hub.feed(LOBBY)
  feed.join({ format: 'htmx', send: (parcel) => void received.push(parcel) }, undefined)
  const marked = async (member: typeof ADA, wait: number) => {
    clock.advance(wait)
    received.length = 0
    const author = { name: await roster.take(LOBBY, member), tag: member.id, verified: false }
    await bus.post(LOBBY, member, author, { text: 'hi', key: undefined })
    clock.advance(10)
    return received.join('').includes('class="message next"')
  }
  assert.equal(await marked(ADA, 0), false)
  assert.equal(await marked(ADA, 299_000), true)
  assert.equal(await marked(ADA, 300_000), false)
  assert.equal(await marked(BOB, 0), false)
  assert.equal(await marked(BOB, 0), true)
})
