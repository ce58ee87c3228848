import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..')

/** The promises that are built so far: docs/architecture.md lists them. */
const PROMISES = [...Array.from({ length: 13 }, (_, index) => `P${index + 1}`), 'P21']

/** A title that names the promises that its test proves: `P7: …` or `P4, P5: …`. */
const TITLE = /['"`]((?:P\d+, )*P\d+): /g

const tests = globSync(['test/**/*.test.ts', 'test/contracts/*.ts'], { cwd: ROOT })
const proven = new Set(
  tests.flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(TITLE)].flatMap(
      (match) => match[1]?.split(', ') ?? [],
    ),
  ),
)

test('each promise has a test whose title names it', () => {
  assert.deepEqual(
    PROMISES.filter((promise) => !proven.has(promise)),
    [],
  )
})

test('docs/architecture.md lists each promise', () => {
  const document = readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8')
  assert.deepEqual(
    PROMISES.filter(
      (promise) => !document.includes(`| ${promise} |`) && !document.includes(`| ${promise}: `),
    ),
    [],
  )
})
