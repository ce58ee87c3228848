import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..')

/** A path of this repository in a document: `src/web/app.ts`, `test/web/`, `src/chat/names/*.ts`. */
const PATH = /`((?:src|views|static|scripts|test|docs|examples)\/[\w./*{},-]*)`/g

test('every file that a document names exists', () => {
  const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT }).filter(
    (file) => file !== 'CHANGELOG.md',
  )
  const named = documents.flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(PATH)].map(([, path = '']) => ({ file, path })),
  )
  assert.ok(named.length > 50, `only ${named.length} paths were found`)
  const missing = named.filter(({ path }) => globSync(path.replace(/\/$/, ''), { cwd: ROOT }).length === 0)
  assert.deepEqual(
    missing.map(({ file, path }) => `${file} names ${path}`),
    [],
  )
})
