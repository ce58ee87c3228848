// Builds dist/snug.cjs: the program, its pages and its static files, in one file for Node 26.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { brotliCompressSync } from 'node:zlib'
import { build, type Plugin } from 'esbuild'
import type { Asset } from '../src/web/site/assets.ts'
import { readAssets } from './assets.ts'
import { readLicenses } from './licenses.ts'
import { omitRedisCommands } from './redis-commands.ts'

const ROOT = join(import.meta.dirname, '..')

/** esbuild options shared by the program and the writer thread. */
const BUNDLE_OPTIONS = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node26',
  format: 'cjs',
  // Identifiers are not minified, so that stack traces in the log are readable; `keepNames` would wrap every function.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
} as const

export async function buildBundle(outfile = join(ROOT, 'dist', 'snug.cjs')): Promise<void> {
  const { outputFiles } = await build({
    ...BUNDLE_OPTIONS,
    entryPoints: ['src/main.ts'],
    write: false,
    plugins: [snugBuild, omitRedisCommands],
  })
  await mkdir(dirname(outfile), { recursive: true })
  await writeFile(outfile, escapeNonAscii(outputFiles[0]?.text ?? ''))
}

// esbuild does not escape regular expressions. V8 keeps the program's source in memory, and with a single non-ASCII
// character it would store all of it with two bytes per character.
function escapeNonAscii(text: string): string {
  const escaped = /\\[^\0-\x7f]/.exec(text)
  if (escaped) throw new Error(`A backslash before a non-ASCII character can’t be escaped: ${escaped[0]}`)
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Resolves the module `snug:build`: version, writer thread, licences and static files. See `src/build.d.ts`. */
const snugBuild: Plugin = {
  name: 'snug-build',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^snug:build$/ }, ({ path }) => ({ path, namespace: 'snug' }))
    onLoad({ filter: /.*/, namespace: 'snug' }, async () => ({
      contents: await formatBuildModule(),
      loader: 'js',
    }))
  },
}

/** The source of the writer thread. It is started from this text, because the executable has no files. */
export async function buildWriter(): Promise<string> {
  const { outputFiles } = await build({
    ...BUNDLE_OPTIONS,
    entryPoints: ['src/store/sqlite/writer-thread.ts'],
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

async function formatBuildModule(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string }
  const assets = (await readAssets()).map(assetLiteral).join(',\n')
  const writer = JSON.stringify(await buildWriter())
  const licenses = JSON.stringify(brotliCompressSync(await readLicenses()).toString('base64'))
  return `export const version = ${JSON.stringify(version)}\nexport const writer = ${writer}\nexport const licenses = ${licenses}\nexport const assets = [\n${assets}\n]`
}

function assetLiteral({ name, hash, type, plain, brotli, gzip }: Asset): string {
  const bytes = (buffer: Buffer) => `Buffer.from('${buffer.toString('base64')}', 'base64')`
  const strings = `name: ${JSON.stringify(name)}, hash: ${JSON.stringify(hash)}, type: ${JSON.stringify(type)}`
  return `{ ${strings}, plain: ${bytes(plain)}, brotli: ${bytes(brotli)}, gzip: ${bytes(gzip)} }`
}

if (import.meta.main) await buildBundle()
