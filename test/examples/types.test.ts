import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { RoomEvent, StreamNotice } from '../../examples/snug-events.ts'
import { EVENTS } from '../../src/web/openapi/events.ts'
import { emptyFolder } from '../support/process/snug-process.ts'

const ROOT = join(import.meta.dirname, '..', '..')

function checkTypes(folder: string, ...args: readonly string[]): string {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  return spawnSync(process.execPath, [tsc, '--noEmit', ...args], { cwd: folder, encoding: 'utf8' }).stdout
}

test('the client for programs compiles with --strict alone, and with the strictest settings', async (t) => {
  const folder = await emptyFolder(t)
  for (const file of ['snug-client.ts', 'snug-events.ts', 'echo-bot.ts'])
    await cp(join(ROOT, 'examples', file), join(folder, file))
  const strictest = ['--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--verbatimModuleSyntax']
  for (const more of [
    [],
    ['--target', 'es2022', '--module', 'nodenext'],
    ['--target', 'esnext', ...strictest],
  ])
    assert.equal(checkTypes(folder, '--strict', ...more, 'snug-client.ts'), '', more.join(' '))
  // The bot imports the client itself, as Node does.
  const types = join(ROOT, 'node_modules', '@types')
  const node = ['--allowImportingTsExtensions', '--types', 'node', '--typeRoots', types]
  assert.equal(
    checkTypes(
      folder,
      '--strict',
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
      ...node,
      'echo-bot.ts',
    ),
    '',
  )
})

/** The fields of each kind of event. The compiler compares these with the types of the examples. */
const FIELDS: {
  readonly [Kind in (RoomEvent | StreamNotice)['kind']]: readonly (keyof Extract<
    RoomEvent | StreamNotice,
    { kind: Kind }
  >)[]
} = {
  posted: ['kind', 'id', 'room', 'at', 'author', 'text', 'html', 'editedAt'],
  edited: ['kind', 'id', 'room', 'at', 'message'],
  deleted: ['kind', 'id', 'room', 'at', 'of'],
  gap: ['kind', 'cursor', 'missed', 'afresh'],
  here: ['kind', 'count', 'joined', 'left', 'renamed', 'more'],
  typing: ['kind', 'name', 'tag'],
  settings: ['kind', 'retention', 'keep', 'listed'],
  outage: ['kind', 'over'],
  open: ['kind', 'cursor'],
  closed: ['kind'],
  beat: ['kind'],
  resume: ['kind', 'query'],
  rotate: ['kind', 'retry'],
  drain: ['kind', 'retry'],
  busy: ['kind', 'retry'],
}

test('the types of the examples have every field of every kind of event that the server describes', () => {
  interface Described {
    readonly properties?: Readonly<Record<string, { const?: string; enum?: readonly string[] }>>
  }
  for (const schema of Object.values(EVENTS) as Described[]) {
    const { kind, ...fields } = schema.properties ?? {}
    for (const name of [kind?.const ?? [], kind?.enum ?? []].flat()) {
      const known: readonly unknown[] = FIELDS[name as keyof typeof FIELDS] ?? assert.fail(name)
      const described = ['kind', ...Object.keys(fields)]
      // A room that was deleted has no time to come back.
      if (name !== 'closed') assert.deepEqual([...known].sort(), described.sort(), name)
    }
  }
})

test('the documented React types accept the attributes as they are written', async (t) => {
  const folder = await emptyFolder(t)
  const docs = await readFile(join(ROOT, 'docs', 'embedding.md'), 'utf8')
  const [, example = ''] = /```tsx\n(.*?)```/s.exec(docs) ?? []
  assert.match(example, /'snug-room'/)
  await writeFile(
    join(folder, 'chat.tsx'),
    `${example}
export const all = [
  <snug-room readonly />,
  <snug-room readonly={false} presence="off" density="compact" theme="dark" accent="2b6e3f" height={320} room="tea" />,
  <snug-room readonly="" title="Chat" className="chat" style={{ width: '100%' }} token="x" sandbox="" src="https://chat.example" />,
]
`,
  )
  // As much of React's types as the example uses.
  const react = join(folder, 'node_modules', 'react')
  await mkdir(react, { recursive: true })
  await writeFile(join(react, 'package.json'), '{ "name": "react", "types": "index.d.ts" }')
  await writeFile(
    join(react, 'index.d.ts'),
    `export interface HTMLAttributes<T> { className?: string; title?: string; style?: object; children?: unknown }
export type DetailedHTMLProps<E, T> = E & { key?: string; ref?: unknown }
export namespace JSX {
  interface Element {}
  interface ElementChildrenAttribute { children: unknown }
  interface IntrinsicElements { script: { src?: string; async?: boolean } }
}
`,
  )
  await writeFile(
    join(react, 'jsx-runtime.d.ts'),
    `export { JSX } from './index'\nexport const jsx: any, jsxs: any, Fragment: any\n`,
  )
  assert.equal(checkTypes(folder, '--strict', '--jsx', 'react-jsx', '--module', 'nodenext', 'chat.tsx'), '')
})
