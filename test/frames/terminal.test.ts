import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ansi } from '../../src/frames/ansi.ts'
import { text } from '../../src/frames/text.ts'
import { AUTHOR, posted, uncheckedName } from '../support/events.ts'

const by = (name: string, verified: boolean) => ({
  ...posted(1, 'hello'),
  author: { ...AUTHOR, name: uncheckedName(name), verified },
})

test('nothing of a message changes the direction of writing in a terminal', () => {
  const controls = '\u061c\u200e\u200f\u202a\u202e\u2066\u2069\u206a\u206f\ufff9\ufffa\ufffb'
  assert.match(text.posted({ ...posted(1, `a${controls}b`) }), /: ab\n$/)
})

test('a verified name has a check behind it, also in colour, which no other name can have', () => {
  assert.match(text.posted(by('Ada', true)), /^\d\d:\d\d Ada ✓: hello\n$/)
  assert.match(ansi.posted(by('Ada', true)), /Ada\x1b\[0m \x1b\[32m✓\x1b\[0m: hello\n$/)
  assert.match(text.posted(by('Ada', false)), /^\d\d:\d\d Ada: hello\n$/)
  // Stored by an earlier version, which accepted such names.
  for (const sign of ['✓', '✔', '√', '✅'])
    assert.match(text.posted(by(`Ada ${sign}`, false)), /^\d\d:\d\d Ada \?: hello\n$/)
})
