// The licences of all that is in the executable: their terms want them to go with it.

import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const SEPARATOR = '-'.repeat(78)

/** What npm calls a build of Node: which of them is here depends on the platform. */
const NODE_PACKAGE = /^node-(bin-)?(darwin|linux|win)-/

interface LockedPackage {
  readonly version: string
  readonly license?: string
  readonly dev?: boolean
  readonly devOptional?: boolean
}

/** Snug's own, then those of every package that it runs with, of Node, and of Unicode's table. */
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
        (license && `${license} (it comes without a text: https://www.npmjs.com/package/${name})`)
      if (text === undefined) throw new Error(`${path} says nothing of its licence.`)
      return [`${title} ${version}`, text]
    }),
  )
}

async function findLicense(path: string): Promise<string | undefined> {
  const names = await readdir(join(ROOT, path))
  const name = names.find((candidate) => /^licen[cs]e/i.test(candidate))
  return name && readFile(join(ROOT, path, name), 'utf8')
}

// The head of the generated table, which is the head of Unicode's own.
async function readUnicodeLicense(): Promise<string> {
  const table = await readFile(join(ROOT, 'src', 'chat', 'names', 'confusables.ts'), 'utf8')
  const head = /UNICODE LICENSE V3\n(?:\/\/.*\n)+/.exec(table)?.[0]
  if (head === undefined) throw new Error('src/chat/names/confusables.ts has lost its licence.')
  return head.replace(/^\/\/ ?/gm, '')
}
