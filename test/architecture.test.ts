import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..')

/** A folder with more files than this is hard to take in. */
const FILES_IN_FOLDER_MAX = 24

const CORE = [
  'src/chat',
  'src/chat/ports',
  'src/chat/names',
  'src/chat/markup',
  'src/chat/mentions',
  'src/chat/limits',
  'src/chat/actions',
  'src/chat/delivery',
  'src/chat/history',
]

/** What every adapter may import: the core, and the connection to Redis. */
const ADAPTER = [...CORE, 'src/redis']

/** What every resource of the web may import besides its own folder. */
const RESOURCE = ['src/web', 'src/web/http', 'src/web/visitor', 'src/frames', 'views', ...CORE]

const WEB = globSync('src/web/*/', { cwd: ROOT })

/** The folders that a folder may import from, besides itself: dependencies point towards the core. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  'src/chat': CORE,
  'src/chat/ports': ['src/chat', 'src/chat/names', 'src/chat/limits'],
  'src/chat/names': ['src/chat'],
  'src/chat/actions': CORE,
  'src/chat/markup': ['src/chat', 'src/chat/names'],
  'src/chat/mentions': ['src/chat', 'src/chat/markup', 'src/chat/ports'],
  'src/chat/limits': CORE,
  'src/chat/delivery': ['src/chat', 'src/chat/mentions', 'src/chat/history', 'src/chat/ports'],
  'src/chat/history': ['src/chat', 'src/chat/ports'],
  views: CORE,
  'src/frames': [...CORE, 'views'],
  'src/redis': CORE,
  'src/bus': ADAPTER,
  'src/limits': ADAPTER,
  'src/directory': ADAPTER,
  'src/one-time-ids': ADAPTER,
  'src/secrets': ADAPTER,
  'src/roster': ADAPTER,
  'src/roster/redis': [...ADAPTER, 'src/roster'],
  'src/store': CORE,
  'src/store/sqlite': [
    ...CORE,
    'src/store',
    'src/store/sqlite/disk',
    'src/store/sqlite/secure-delete',
    'src/store/sqlite/tokens',
  ],
  'src/store/sqlite/disk': [...CORE, 'src/store/sqlite'],
  'src/store/sqlite/secure-delete': ['src/store/sqlite'],
  'src/store/sqlite/tokens': [...CORE, 'src/store/sqlite'],
  'src/store/redis': [...ADAPTER, 'src/store', 'src/store/redis/lua'],
  'src/store/redis/lua': ['src/chat', 'src/redis'],
  'src/data': [...CORE, 'src/secrets'],
  'src/system': CORE,
  // Independent of resources. `src/web` has Env, the type of Hono's context.
  'src/web/http': ['src/web', 'views', ...CORE],
  'src/web/visitor': ['src/web', 'src/web/http', 'views', ...CORE],
  'src/web/stylesheets': ['src/chat'],
  'src/web/openapi': ['src/web', 'src/web/http', ...CORE],
  'src/web/rooms': [...RESOURCE, 'src/web/people', 'src/web/embed', 'src/web/stream'],
  'src/web/messages': [...RESOURCE, 'src/web/rooms'],
  'src/web/people': [...RESOURCE, 'src/web/rooms'],
  'src/web/owner': RESOURCE,
  'src/web/site': [...RESOURCE, 'src/web/rooms', 'src/web/stream'],
  'src/web/embed': [...RESOURCE, 'src/web/rooms', 'src/web/site'],
  'src/web/stream': [...RESOURCE, 'src/web/embed'],
  'src/web': [...WEB, 'views', ...CORE],
  'src/config': [...CORE, 'src/redis', 'src/secrets', 'src/web/visitor'],
  // The container and the commands wire everything together.
  'src/server': ['*'],
  'src/commands': ['*'],
  src: ['*'],
}

/** The packages that a folder may use. A folder that is not listed may use any. */
const MAY_USE: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(CORE.map((folder) => [folder, /^$/])),
  views: /^hono\/(jsx.*|html)$/,
  'src/frames': /^$/,
  'src/redis': /^(node:|@redis\/client)/,
  'src/bus': /^node:/,
  'src/roster': /^node:/,
  'src/roster/redis': /^node:/,
  'src/limits': /^(rate-limiter-flexible|node:)/,
  'src/directory': /^node:/,
  'src/one-time-ids': /^node:/,
  'src/secrets': /^node:/,
  'src/data': /^node:/,
  'src/store': /^node:/,
  'src/store/sqlite': /^node:/,
  'src/store/sqlite/disk': /^node:/,
  'src/store/sqlite/secure-delete': /^node:/,
  'src/store/sqlite/tokens': /^node:/,
  'src/store/redis': /^node:/,
  'src/store/redis/lua': /^$/,
}

const files = globSync(['src/**/*.{ts,tsx}', 'views/**/*.{ts,tsx}'], { cwd: ROOT }).sort()

function imports(file: string): string[] {
  const source = readFileSync(join(ROOT, file), 'utf8')
  return [
    ...source.matchAll(/^(?:import|export)[^'"]*?from '([^']+)'|^import '([^']+)'|import\('([^']+)'\)/gms),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

/** The files of this repository that a file imports, types included. */
function localImports(file: string): string[] {
  return imports(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => relative(ROOT, join(ROOT, dirname(file), name)))
}

test('every import points towards the core', () => {
  const wrong = files.flatMap((file) => {
    const folder = dirname(file)
    const allowed = MAY_IMPORT[folder] ?? []
    return localImports(file)
      .map((target) => dirname(target))
      .filter((target) => target !== folder && !allowed.includes(target) && !allowed.includes('*'))
      .map((target) => `${file} imports from ${target}`)
  })
  assert.deepEqual(wrong, [])
})

test('imports have no circles, types included', () => {
  const all = globSync(['{src,views,scripts}/**/*.{ts,tsx}', 'static/**/*.js'], { cwd: ROOT }).sort()
  const existing = new Set(all)
  const graph = new Map(
    all.map((file) => [file, localImports(file).filter((target) => existing.has(target))]),
  )
  assert.deepEqual(circlesIn(graph), [])
})

/** Finds the groups of files that reach one another, by Tarjan's algorithm (SIAM J. Comput. 1, 1972). */
function circlesIn(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const circles: string[][] = []
  const visit = (node: string) => {
    index.set(node, index.size)
    lowest.set(node, index.get(node) ?? 0)
    stack.push(node)
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next)
      else if (!stack.includes(next)) continue
      lowest.set(node, Math.min(lowest.get(node) ?? 0, lowest.get(next) ?? 0))
    }
    if (lowest.get(node) !== index.get(node)) return
    const circle = stack.splice(stack.indexOf(node))
    if (circle.length > 1) circles.push(circle.sort())
  }
  for (const node of graph.keys()) if (!index.has(node)) visit(node)
  return circles
}

test('a circle of imports is found', () => {
  const graph = new Map([
    ['a', ['b', 'd']],
    ['b', ['c']],
    ['c', ['a']],
    ['d', ['b']],
    ['e', ['d']],
  ])
  assert.deepEqual(circlesIn(graph), [['a', 'b', 'c', 'd']])
})

test('src has only main.ts and folders, and no folder has too many files', () => {
  assert.deepEqual(
    files.filter((file) => dirname(file) === 'src'),
    ['src/build.d.ts', 'src/main.ts'],
  )
  const sizes = Map.groupBy(
    files.filter((file) => file.startsWith('src/')),
    (file) => dirname(file),
  )
  const crowded = [...sizes]
    .filter(([, inside]) => inside.length > FILES_IN_FOLDER_MAX)
    .map(([folder]) => folder)
  assert.deepEqual(crowded, [])
})

test('the core and the views use no server, no database and no part of Node', () => {
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
