// Reads static/, bundles its scripts, and compresses everything once: what is served is made when Snug is built.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build, transform } from 'esbuild'
import type { Asset } from '../src/web/assets.ts'

const STATIC = join(import.meta.dirname, '..', 'static')
const HASH_CHARACTERS = 10
const TARGETS = ['chrome120', 'firefox121', 'safari17.4']

export async function readAssets(): Promise<Asset[]> {
  return Promise.all([
    pack('snug.js', 'text/javascript; charset=utf-8', await script('scripts/snug.js')),
    pack('embed-frame.js', 'text/javascript; charset=utf-8', await script('scripts/embed.js')),
    pack('embed-read.js', 'text/javascript; charset=utf-8', await script('scripts/embed-read.js')),
    pack('embed-again.js', 'text/javascript; charset=utf-8', await script('scripts/embed-again.js')),
    pack('later.js', 'text/javascript; charset=utf-8', await script('scripts/later.js', 'esm')),
    pack('past.js', 'text/javascript; charset=utf-8', await script('scripts/past.js')),
    pack('home.js', 'text/javascript; charset=utf-8', await script('scripts/home.js')),
    pack('made.js', 'text/javascript; charset=utf-8', await script('scripts/made.js')),
    pack('me.js', 'text/javascript; charset=utf-8', await script('scripts/me.js')),
    pack('embed.js', 'text/javascript; charset=utf-8', await script('embed.js')),
    pack('snug.css', 'text/css; charset=utf-8', await style('snug.css')),
    pack('embed.css', 'text/css; charset=utf-8', await style('embed.css')),
    pack('noscript.css', 'text/css; charset=utf-8', await style('noscript.css')),
    pack('icon.svg', 'image/svg+xml', await readFile(join(STATIC, 'icon.svg'))),
    pack('icon-unread.svg', 'image/svg+xml', await readFile(join(STATIC, 'icon-unread.svg'))),
    pack('icon-180.png', 'image/png', await readFile(join(STATIC, 'icon-180.png'))),
    pack('icon-512.png', 'image/png', await readFile(join(STATIC, 'icon-512.png'))),
  ])
}

async function script(entry: string, format: 'iife' | 'esm' = 'iife'): Promise<Buffer> {
  const { outputFiles } = await build({
    entryPoints: [join(STATIC, entry)],
    bundle: true,
    minify: true,
    format,
    target: TARGETS,
    legalComments: 'none',
    write: false,
  })
  return Buffer.from(outputFiles[0]?.contents ?? [])
}

async function style(name: string): Promise<Buffer> {
  const { code } = await transform(await readFile(join(STATIC, name), 'utf8'), {
    loader: 'css',
    minify: true,
  })
  return Buffer.from(code)
}

async function pack(name: string, type: string, plain: Buffer): Promise<Asset> {
  const hash = createHash('sha256').update(plain).digest('hex').slice(0, HASH_CHARACTERS)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length }
  const [brotli, zipped] = await Promise.all([
    promisify(brotliCompress)(plain, { params }),
    promisify(gzip)(plain, { level: 9 }),
  ])
  return { name, hash, type, plain, brotli, gzip: zipped }
}
