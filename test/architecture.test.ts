import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..')

const ROOMS_OF_WEB = ['src/web/visitor', 'src/web/embed', 'src/web/stream']

/** Which parts of the house a part may know: dependencies point one way. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/chat': ['src/chat'],
  views: ['views', 'src/chat'],
  'src/redis': ['src/redis', 'src/chat'],
  'src/bus': ['src/bus', 'src/redis', 'src/chat'],
  'src/roster': ['src/roster', 'src/redis', 'src/chat'],
  'src/limits': ['src/limits', 'src/redis', 'src/chat'],
  'src/data': ['src/data', 'src/redis', 'src/chat'],
  'src/store': ['src/store', 'src/chat'],
  'src/store/redis': ['src/store/redis', 'src/store', 'src/redis', 'src/chat'],
  'src/frames': ['src/frames', 'src/chat', 'views'],
  'src/web/openapi': ['src/web/openapi', 'src/web', 'src/chat'],
  'src/web': ['src/web', ...ROOMS_OF_WEB, 'src/web/openapi', 'src/frames', 'src/chat', 'views'],
  'src/web/visitor': ['src/web', 'src/web/visitor', 'src/web/embed', 'src/chat', 'views'],
  'src/web/embed': ['src/web', 'src/web/visitor', 'src/web/embed', 'src/chat', 'views'],
  'src/web/stream': ['src/web', ...ROOMS_OF_WEB, 'src/frames', 'src/chat', 'views'],
  src: [
    'src',
    'src/web',
    ...ROOMS_OF_WEB,
    'src/frames',
    'src/bus',
    'src/roster',
    'src/limits',
    'src/data',
    'src/store',
    'src/store/redis',
    'src/redis',
    'src/chat',
    'views',
  ],
}

/** Packages that a part may use; the others any. */
const MAY_USE: Readonly<Record<string, RegExp>> = {
  'src/chat': /^$/,
  views: /^(hono\/(jsx.*|html)|markdown-it)$/,
  'src/frames': /^$/,
  'src/redis': /^(node:|@redis\/client)/,
  'src/bus': /^node:/,
  'src/roster': /^node:/,
  'src/limits': /^(rate-limiter-flexible|node:)/,
  'src/data': /^node:/,
  'src/store': /^node:/,
  'src/store/redis': /^node:/,
}

const files = globSync(['src/**/*.{ts,tsx}', 'views/**/*.{ts,tsx}'], { cwd: ROOT }).sort()

function imports(file: string): string[] {
  const source = readFileSync(join(ROOT, file), 'utf8')
  return [
    ...source.matchAll(/^(?:import|export)[^'"]*?from '([^']+)'|^import '([^']+)'|import\('([^']+)'\)/gms),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

test('every import points towards the core', () => {
  const wrong = files.flatMap((file) =>
    imports(file)
      .filter((name) => name.startsWith('.'))
      .map((name) => dirname(relative(ROOT, join(ROOT, dirname(file), name))))
      .filter((target) => !MAY_IMPORT[dirname(file)]?.includes(target))
      .map((target) => `${file} imports from ${target}`),
  )
  assert.deepEqual(wrong, [])
})

test('the core and the views know no server, no database and no Node', () => {
  const wrong = files.flatMap((file) =>
    imports(file)
      .filter((name) => !name.startsWith('.'))
      .filter((name) => !(MAY_USE[dirname(file)] ?? /./).test(name))
      .map((name) => `${file} uses ${name}`),
  )
  assert.deepEqual(wrong, [])
})

test('only main reads the environment', () => {
  const wrong = files.filter(
    (file) => file !== 'src/main.ts' && readFileSync(join(ROOT, file), 'utf8').includes('process.env'),
  )
  assert.deepEqual(wrong, [])
})
