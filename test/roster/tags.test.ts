import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseSlug } from '../../src/chat/room.ts'
import { Tags } from '../../src/roster/tags.ts'
import { ADA, BOB, LOBBY, member } from '../support/events.ts'
import { testSecrets } from '../support/secrets.ts'

test('a tag marks one member in one room and differs in every other room', () => {
  const tags = new Tags(testSecrets())
  const tagsOfThree = [tags.of(LOBBY, ADA), tags.of(LOBBY, BOB), tags.of(parseSlug('other'), ADA)]
  assert.equal(new Set(tagsOfThree).size, 3)
  assert.equal(tags.of(LOBBY, ADA), tagsOfThree[0])
})

test('a member who leaves gets a new tag, and keeps it until leaving again', () => {
  const tags = new Tags(testSecrets())
  const tagsOfThree = [0, 1, 2].map((tagVersion) => tags.of(LOBBY, member('ada', tagVersion)))
  assert.equal(new Set(tagsOfThree).size, 3)
  assert.equal(tags.of(LOBBY, member('ada', 1)), tagsOfThree[1])
})

test('every tag is ten letters and digits', () => {
  const tags = new Tags(testSecrets())
  fc.assert(
    fc.property(fc.string(), fc.nat(), (id, tagVersion) => {
      assert.match(tags.of(LOBBY, member(id, tagVersion)), /^[a-z0-9]{10}$/)
    }),
  )
})

test('a tag is the same whether it is cached or computed again', () => {
  const tags = new Tags(testSecrets())
  const tagged = Array.from({ length: 20_000 }, (_, number) => tags.of(LOBBY, member(`${number}`)))
  assert.equal(tags.of(LOBBY, member('0')), tagged[0])
  assert.equal(tags.of(LOBBY, member('19999')), tagged[19_999])
})
