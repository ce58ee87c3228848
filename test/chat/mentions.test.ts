import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beginningOfMention, findMentions, NO_TEXT } from '../../src/chat/mentions.ts'

const NAMES = [
  'Ada',
  'Ada 2',
  'Ada Lovelace',
  'M*A*S*H',
  '小明',
  'Émile',
  'Ben :)',
  'C++',
  '민수',
  'x',
  'Jean-Luc',
  'o’Neil',
  'Bo 🐻',
]

const MENTIONS: Readonly<Record<string, readonly string[]>> = {
  '@Ada': ['Ada'],
  'hello @ADA, you': ['Ada'],
  '(@ada) “@Ada” @Ada: @Ada! @Ada’s': ['Ada'],
  '…@Ada…': ['Ada'],
  '＠Ada ﹫Ada': ['Ada'],
  '你好@Ada你好': ['Ada'],
  '@Adaさん、こんにちは': ['Ada'],
  '你好@小明你好': ['小明'],
  '@민수야': ['민수'],
  '@Ada 2': ['Ada 2'],
  '@ada\u00a02 and @Ada': ['Ada 2', 'Ada'],
  '@Ada 23': ['Ada'],
  '@Ada lovelace-x': ['Ada Lovelace'],
  '@Ada Lovelaces': ['Ada'],
  '@M*A*S*H @MAS*H': ['M*A*S*H'],
  '@MASH': ['M*A*S*H'],
  '@émile @E\u0301mile': ['Émile'],
  '@Ben :)x': ['Ben :)'],
  '@C++x': ['C++'],
  '@jean-luc': ['Jean-Luc'],
  '@o’neil @x': ['o’Neil', 'x'],
  '@bo 🐻🐻': ['Bo 🐻'],
  '@Ada-Marie': ['Ada'],
  '👋@Ada': ['Ada'],
  '@Ada\nnext': ['Ada'],
  '@Ada/@x': ['Ada', 'x'],
  'bob@ada.org': [],
  'git@ada:repo': [],
  'x_@Ada 1@Ada é@Ada e\u0301@Ada': [],
  '@Ada_x @Adam @Ada1 @Ada\u0301': [],
  '@Adä': [],
  '@@Ada': [],
  '@ada@social.example': [],
  [`see ${NO_TEXT} and ${NO_TEXT}`]: [],
  'Ada, not @ Ada': [],
  '@': [],
}

for (const [text, mentioned] of Object.entries(MENTIONS)) {
  test(`${JSON.stringify(text)} mentions ${mentioned.join(' and ') || 'nobody'}`, () => {
    assert.deepEqual([...findMentions(text, NAMES)], mentioned)
    assert.deepEqual([...findMentions(text, [...NAMES].reverse())], mentioned)
  })
}

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

test('a message full of signs is searched at once', () => {
  const names = Array.from({ length: 200 }, (_, number) => `Somebody ${number}`)
  const start = performance.now()
  findMentions(' @somebody'.repeat(450), names)
  findMentions('@'.repeat(4096), names)
  assert.ok(performance.now() - start < 500)
})
