import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { NODE_FLAGS } from '../../scripts/node-flags.ts'

test('npm start gives Node the same flags as the executable', () => {
  const manifest = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')
  assert.ok(manifest.includes(`exec node ${NODE_FLAGS.join(' ')} dist/snug.cjs`), manifest)
})
