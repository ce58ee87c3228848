// Reads static/, bundles its scripts, and compresses everything once: what is served is made when Snug is built.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { build } from 'esbuild'
import type { Asset } from '../src/web/site/assets.ts'

const STATIC = join(import.meta.dirname, '..', 'static')
const HASH_CHARACTERS = 10
const TARGETS = ['chrome120', 'firefox121', 'safari17.4']

const JAVASCRIPT = 'text/javascript; charset=utf-8'
const CSS = 'text/css; charset=utf-8'

/** @param quality of brotli's compression, from 0 to 11; the best takes many times as long as the least */
export async function readAssets(quality = constants.BROTLI_MAX_QUALITY): Promise<Asset[]> {
  const pack = async (name: string, type: string, plain: Promise<Buffer>) =>
    compressAsset(name, type, await plain, quality)
  const image = (name: string, type: string) => pack(name, type, readFile(join(STATIC, name)))
  return Promise.all([
    pack('snug.js', JAVASCRIPT, bundleScript('scripts/snug.js')),
    pack('embed-frame.js', JAVASCRIPT, bundleScript('scripts/embed-frame.js')),
    pack('embed-read-only.js', JAVASCRIPT, bundleScript('scripts/embed-read-only.js')),
    pack('embed-retry.js', JAVASCRIPT, bundleScript('scripts/embed-retry.js')),
    pack('lazy.js', JAVASCRIPT, bundleScript('scripts/lazy.js', 'esm')),
    pack('permalink.js', JAVASCRIPT, bundleScript('scripts/permalink.js')),
    pack('home.js', JAVASCRIPT, bundleScript('scripts/home.js')),
    pack('created.js', JAVASCRIPT, bundleScript('scripts/created.js')),
    pack('me.js', JAVASCRIPT, bundleScript('scripts/me.js')),
    pack('embed.js', JAVASCRIPT, bundleScript('embed.js')),
    pack('snug.css', CSS, bundleStylesheet('snug.css')),
    pack('embed.css', CSS, bundleStylesheet('embed.css')),
    pack('noscript.css', CSS, bundleStylesheet('noscript.css')),
    image('icon.svg', 'image/svg+xml'),
    image('icon-unread.svg', 'image/svg+xml'),
    image('icon-180.png', 'image/png'),
    image('icon-512.png', 'image/png'),
  ])
}

async function bundleScript(entry: string, format: 'iife' | 'esm' = 'iife'): Promise<Buffer> {
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

async function bundleStylesheet(name: string): Promise<Buffer> {
  const { outputFiles } = await build({
    entryPoints: [join(STATIC, name)],
    bundle: true,
    minify: true,
    write: false,
  })
  return Buffer.from(outputFiles[0]?.contents ?? [])
}

async function compressAsset(name: string, type: string, plain: Buffer, quality: number): Promise<Asset> {
  const hash = createHash('sha256').update(plain).digest('hex').slice(0, HASH_CHARACTERS)
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
  }
  const [brotli, zipped] = await Promise.all([
    promisify(brotliCompress)(plain, { params }),
    promisify(gzip)(plain, { level: 9 }),
  ])
  return { name, hash, type, plain, brotli, gzip: zipped }
}
