import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beginningOfMention, findMentions, NO_TEXT } from '../../../src/chat/mentions/find-mentions.ts'
import { MentionedPeople } from '../../../src/chat/mentions/mentioned-people.ts'
import { LOBBY, posted, uncheckedName } from '../../support/events.ts'
import { MARKUP_MENTIONS, MENTION_NAMES, MENTIONS } from '../../support/mention-cases.ts'

const SEATS = MENTION_NAMES.map((name, at) => ({ name: uncheckedName(name), tag: `tag${at}` }))

/** A roster with these people. */
const mentions = new MentionedPeople({
  listPeople: async () => ({ people: SEATS, count: SEATS.length }),
  seatOf: () => assert.fail('nobody reads'),
})

for (const [text, mentioned] of Object.entries(MENTIONS)) {
  test(`${JSON.stringify(text)} mentions ${mentioned.join(' and ') || 'nobody'}`, () => {
    assert.deepEqual([...findMentions(text, MENTION_NAMES)], mentioned)
    assert.deepEqual([...findMentions(text, [...MENTION_NAMES].reverse())], mentioned)
  })
}

for (const [text, mentioned] of Object.entries({ ...MENTIONS, ...MARKUP_MENTIONS })) {
  test(`the message ${JSON.stringify(text)} mentions ${mentioned.join(' and ') || 'nobody'}`, async () => {
    const [found] = await mentions.in(LOBBY, [posted(1, text)])
    assert.deepEqual(
      found?.map(({ name }) => name),
      mentioned,
    )
  })
}

test('code and links in a text are no words', () => {
  assert.deepEqual([...findMentions(`see ${NO_TEXT} and ${NO_TEXT}@Ada`, MENTION_NAMES)], ['Ada'])
})

test('only those who are present are mentioned', () => {
  assert.deepEqual([...findMentions('@Ada 2', ['Ada'])], ['Ada'])
  assert.deepEqual([...findMentions('@Ada', [])], [])
})

test('a name is completed after anything but a word', () => {
  for (const before of ['', ' ', 'hi ', '你好', '(', '“', '…', 'line\n', '🐻', '-'])
    for (const at of ['@', '＠', '﹫']) {
      assert.equal(beginningOfMention(`${before}${at}`), '')
      assert.equal(beginningOfMention(`${before}${at}Ada 2`), 'Ada 2')
    }
  for (const text of ['bob@', 'bob@ada', 'x1@', '_@', '@ada\n', 'hi', ''])
    assert.equal(beginningOfMention(text), undefined)
})

test('marks without end are no work, and a name with marks is found', () => {
  const marks = '\u0316\u0300\u0334'.repeat(40_000)
  const start = performance.now()
  assert.deepEqual([...findMentions(`@Ada${marks} @E\u0301mile`, MENTION_NAMES)], ['Émile'])
  assert.ok(performance.now() - start < 200)
})

test('a message full of signs is searched at once', () => {
  const names = Array.from({ length: 200 }, (_, number) => `Somebody ${number}`)
  const start = performance.now()
  findMentions(' @somebody'.repeat(450), names)
  findMentions('@'.repeat(4096), names)
  assert.ok(performance.now() - start < 500)
})
