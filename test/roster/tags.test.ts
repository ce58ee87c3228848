import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseSlug } from '../../src/chat/room.ts'
import { Tags } from '../../src/roster/tags.ts'
import { ADA, BOB, LOBBY, member } from '../support/events.ts'
import { testSecrets } from '../support/secrets.ts'

test('a tag marks one member in one room, and can’t be followed into another', () => {
  const tags = new Tags(testSecrets())
  const three = [tags.of(LOBBY, ADA), tags.of(LOBBY, BOB), tags.of(parseSlug('other'), ADA)]
  assert.equal(new Set(three).size, 3)
  assert.equal(tags.of(LOBBY, ADA), three[0])
})

test('who left a room is marked anew, and always the same until they leave again', () => {
  const tags = new Tags(testSecrets())
  const three = [0, 1, 2].map((era) => tags.of(LOBBY, member('ada', era)))
  assert.equal(new Set(three).size, 3)
  assert.equal(tags.of(LOBBY, member('ada', 1)), three[1])
})

test('a tag is six letters and digits, whoever it marks', () => {
  const tags = new Tags(testSecrets())
  fc.assert(
    fc.property(fc.string(), fc.nat(), (id, era) => {
      assert.match(tags.of(LOBBY, member(id, era)), /^[a-z0-9]{6}$/)
    }),
  )
})

test('a tag that is remembered is the one that it was', () => {
  const tags = new Tags(testSecrets())
  const marked = Array.from({ length: 20_000 }, (_, number) => tags.of(LOBBY, member(`${number}`)))
  assert.equal(tags.of(LOBBY, member('0')), marked[0])
  assert.equal(tags.of(LOBBY, member('19999')), marked[19_999])
})
