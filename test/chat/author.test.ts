import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { authorIn, tagOf } from '../../src/chat/author.ts'
import { friendlyName } from '../../src/chat/friendly-name.ts'
import { parseSlug } from '../../src/chat/room.ts'
import { ADA, BOB, LOBBY, member } from '../support/events.ts'
import { testSecrets } from '../support/secrets.ts'
import { testChat } from '../support/test-chat.ts'

test('a tag marks one member in one room, and can’t be followed into another', () => {
  const secrets = testSecrets()
  const tags = [
    tagOf(secrets, LOBBY, ADA),
    tagOf(secrets, LOBBY, BOB),
    tagOf(secrets, parseSlug('other'), ADA),
  ]
  assert.equal(new Set(tags).size, 3)
  assert.equal(tagOf(secrets, LOBBY, ADA), tags[0])
})

test('who left a room is marked anew, and always the same until they leave again', () => {
  const secrets = testSecrets()
  const tags = [0, 1, 2].map((era) => tagOf(secrets, LOBBY, member('ada', era)))
  assert.equal(new Set(tags).size, 3)
  assert.equal(tagOf(secrets, LOBBY, member('ada', 1)), tags[1])
})

test('a tag is six letters and digits, whoever it marks', () => {
  const secrets = testSecrets()
  fc.assert(
    fc.property(fc.string(), fc.nat(), (id, era) => {
      assert.match(tagOf(secrets, LOBBY, member(id, era)), /^[a-z0-9]{6}$/)
    }),
  )
})

test('an author’s name is held from then on, and nothing but name and tag is shown', async () => {
  const chat = testChat()
  const author = await authorIn(chat, LOBBY, ADA)
  assert.deepEqual(author, {
    name: (await chat.roster.seatOf(LOBBY, ADA)).name,
    tag: tagOf(chat.secrets, LOBBY, ADA),
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
