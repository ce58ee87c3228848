import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { resolveAuthor } from '../../../src/chat/actions/resolve-author.ts'
import { generateFriendlyName } from '../../../src/chat/names/friendly-name.ts'
import { Tags } from '../../../src/roster/tags.ts'
import { ADA, LOBBY } from '../../support/events.ts'
import { testChat } from '../../support/test-chat.ts'

test('an author holds the name from then on, and only name and tag are shown', async () => {
  const chat = testChat()
  const author = await resolveAuthor(chat, LOBBY, ADA)
  assert.deepEqual(author, {
    name: (await chat.roster.seatOf(LOBBY, ADA)).name,
    tag: new Tags(chat.secrets).of(LOBBY, ADA),
    verified: false,
  })
})

test('a friendly name is two words, the same for the same seed, and another for each attempt', () => {
  fc.assert(
    fc.property(fc.string(), (seed) => {
      assert.match(generateFriendlyName(seed, 0), /^[A-Z][a-z]+ [A-Z][a-z]+$/)
      assert.equal(generateFriendlyName(seed, 3), generateFriendlyName(seed, 3))
      const numbered = Array.from({ length: 20 }, (_, index) => generateFriendlyName(seed, 8 + index))
      assert.equal(new Set(numbered).size, 20)
    }),
  )
})
