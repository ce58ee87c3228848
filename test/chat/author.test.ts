import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { authorIn, tagOf } from '../../src/chat/author.ts'
import { friendlyName } from '../../src/chat/friendly-name.ts'
import { memberId } from '../../src/chat/member.ts'
import { parseSlug } from '../../src/chat/room.ts'
import { ADA, BOB, LOBBY } from '../support/events.ts'
import { testChat } from '../support/test-chat.ts'

test('a tag marks one member in one room, and can’t be followed into another', () => {
  const chat = testChat()
  const tags = [tagOf(chat, LOBBY, ADA), tagOf(chat, LOBBY, BOB), tagOf(chat, parseSlug('other'), ADA)]
  assert.equal(new Set(tags).size, 3)
  assert.equal(tagOf(chat, LOBBY, ADA), tags[0])
})

test('a tag is six letters and digits, whoever it marks', () => {
  const chat = testChat()
  fc.assert(
    fc.property(fc.string(), (member) => {
      assert.match(tagOf(chat, LOBBY, { id: memberId(member) }), /^[a-z0-9]{6}$/)
    }),
  )
})

test('an author’s name is held from then on, and nothing but name and tag is shown', async () => {
  const chat = testChat()
  const author = await authorIn(chat, LOBBY, ADA)
  assert.deepEqual(author, {
    name: await chat.roster.nameOf(LOBBY, ADA),
    tag: tagOf(chat, LOBBY, ADA),
    verified: false,
  })
})

test('a friendly name is two words, the same for the same seed, and another for each attempt', () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      assert.match(friendlyName(seed, 0), /^[A-Z][a-z]+ [A-Z][a-z]+$/)
      assert.equal(friendlyName(seed, 3), friendlyName(seed, 3))
      const numbered = Array.from({ length: 20 }, (_, index) => friendlyName(seed, 8 + index))
      assert.equal(new Set(numbered).size, 20)
    }),
  )
})
