// Collects the licences of everything in the executable. Their terms require that they accompany it.

import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const SEPARATOR = '-'.repeat(78)

/** npm packages that contain a build of Node; the platform decides which one is installed. */
const NODE_PACKAGE = /^node-(bin-)?(darwin|linux|win)-/

interface LockedPackage {
  readonly version: string
  readonly license?: string
  readonly dev?: boolean
  readonly devOptional?: boolean
}

/**
 * The licences as one text: Snug, Unicode's table, then every package of a production installation, Node among them.
 * @throws Error if a package has no licence
 */
export async function readLicenses(): Promise<string> {
  const own = await readFile(join(ROOT, 'LICENSE'), 'utf8')
  const [packages, unicode] = await Promise.all([readPackageLicenses(), readUnicodeLicense()])
  const parts = [['Snug', own], ['Unicode, confusables.txt', unicode], ...packages] as const
  return parts.map(([title, text]) => `${SEPARATOR}\n${title}\n${SEPARATOR}\n\n${text.trim()}\n`).join('\n')
}

async function readPackageLicenses(): Promise<[title: string, text: string][]> {
  const { packages } = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>
  }
  const included = Object.entries(packages).filter(
    ([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional && existsSync(join(ROOT, path)),
  )
  return Promise.all(
    included.map(async ([path, { version, license }]): Promise<[string, string]> => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
      const title = NODE_PACKAGE.test(basename(path)) ? 'Node.js' : name
      const text =
        (await findLicense(path)) ??
        (license && `${license} (the package has no licence text: https://www.npmjs.com/package/${name})`)
      if (text === undefined) throw new Error(`${path} has no licence.`)
      return [`${title} ${version}`, text]
    }),
  )
}

async function findLicense(path: string): Promise<string | undefined> {
  const names = await readdir(join(ROOT, path))
  const name = names.find((candidate) => /^licen[cs]e/i.test(candidate))
  return name && readFile(join(ROOT, path, name), 'utf8')
}

// The generated table begins with the licence of Unicode's file.
async function readUnicodeLicense(): Promise<string> {
  const table = await readFile(join(ROOT, 'src', 'chat', 'names', 'confusables.ts'), 'utf8')
  const head = /UNICODE LICENSE V3\n(?:\/\/.*\n)+/.exec(table)?.[0]
  if (head === undefined) throw new Error('src/chat/names/confusables.ts has lost its licence.')
  return head.replace(/^\/\/ ?/gm, '')
}
