// Reads static/, bundles its scripts and style sheets, and compresses every file once, at build time.

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

/**
 * Every static file that Snug serves, plain, with gzip and with brotli.
 * @param quality of the brotli compression, 0 to 11; 11 takes many times as long as 0
 */
export async function readAssets(quality = constants.BROTLI_MAX_QUALITY): Promise<Asset[]> {
  const compress = async (name: string, type: string, plain: Promise<Buffer>) =>
    compressAsset(name, type, await plain, quality)
  const image = (name: string, type: string) => compress(name, type, readFile(join(STATIC, name)))
  return Promise.all([
    compress('snug.js', JAVASCRIPT, bundleScript('scripts/snug.js')),
    compress('embed-frame.js', JAVASCRIPT, bundleScript('scripts/embed-frame.js')),
    compress('embed-read-only.js', JAVASCRIPT, bundleScript('scripts/embed-read-only.js')),
    compress('embed-retry.js', JAVASCRIPT, bundleScript('scripts/embed-retry.js')),
    compress('lazy.js', JAVASCRIPT, bundleScript('scripts/lazy.js', 'esm')),
    compress('permalink.js', JAVASCRIPT, bundleScript('scripts/permalink.js')),
    compress('home.js', JAVASCRIPT, bundleScript('scripts/home.js')),
    compress('created.js', JAVASCRIPT, bundleScript('scripts/created.js')),
    compress('me.js', JAVASCRIPT, bundleScript('scripts/me.js')),
    compress('embed.js', JAVASCRIPT, bundleScript('embed.js')),
    compress('snug.css', CSS, bundleStylesheet('snug.css')),
    compress('embed.css', CSS, bundleStylesheet('embed.css')),
    compress('noscript.css', CSS, bundleStylesheet('noscript.css')),
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
