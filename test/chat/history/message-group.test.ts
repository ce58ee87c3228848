import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupMessages } from '../../../src/chat/history/message-group.ts'
import { ADA, AUTHOR, BOB, LOBBY, posted, uncheckedName } from '../../support/events.ts'
import { testChat } from '../../support/test-chat.ts'

test('a message soon after another of the same author is grouped, and not after a pause or another author', async () => {
  const { bus, hub, roster, clock } = testChat()
  const received: string[] = []
  const feed = await hub.feed(LOBBY)
  feed.join({ format: 'htmx', send: (chunk) => void received.push(chunk) }, undefined)
  const isGrouped = async (member: typeof ADA, wait: number) => {
    clock.advance(wait)
    received.length = 0
    const author = { ...(await roster.takeSeat(LOBBY, member)), verified: false }
    await bus.post(LOBBY, member, author, { text: 'hi', key: undefined })
    clock.advance(10)
    return received.join('').includes('class="message grouped"')
  }
  assert.equal(await isGrouped(ADA, 0), false)
  assert.equal(await isGrouped(ADA, 299_000), true)
  assert.equal(await isGrouped(ADA, 300_000), false)
  assert.equal(await isGrouped(BOB, 0), false)
  assert.equal(await isGrouped(BOB, 0), true)
})

test('a message under another name shows that name, even soon after a message of the same author', () => {
  const first = posted(1)
  const renamed = { ...posted(2), author: { ...AUTHOR, name: uncheckedName('Renamed') } }
  const verified = { ...posted(3), author: { ...renamed.author, verified: true } }
  assert.deepEqual(
    groupMessages([first, posted(2), renamed, verified, { ...verified, id: posted(4).id }]).map(
      ({ next }) => next,
    ),
    [false, true, false, false, true],
  )
})
