import { open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describeSystemError, UnusableResource } from '../chat/unusable-resource.ts'
import {
  KEY_MAX_CHARACTERS,
  KEY_MIN_CHARACTERS,
  parseKeys,
  type SessionKeys,
} from '../secrets/session-keys.ts'
import { isMissing } from './folder-in-use.ts'

const KEY_FILE_NAME = 'session-keys'

/** Space for two keys of the longest size in the widest characters, and comments. Longer files are not key files. */
const FILE_MAX_BYTES = 8 * 1024

const FILE_HEADER =
  '# Snug’s session keys, one per line. The first signs sessions; sessions signed with the second stay valid.\n'

export function keyFilePath(folder: string): string {
  return join(folder, KEY_FILE_NAME)
}

/**
 * Reads the keys of a data folder.
 * @returns undefined if the folder has no keys
 * @throws UnusableResource if other users can read the file, if Snug can't read it, or if it is damaged
 */
export async function readKeyFile(folder: string): Promise<SessionKeys | undefined> {
  const path = keyFilePath(folder)
  let text: string
  try {
    text = await readPrivateFile(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    if (error instanceof UnusableResource) throw error
    throw new UnusableResource(
      `Can’t read ${path}: ${describeSystemError(error)}. It must belong to the user who runs Snug.`,
    )
  }
  const lines = text.split(/\r?\n/)
  // A file without a line break at its end was cut short.
  const keys =
    lines.pop() === '' && parseKeys(lines.filter((line) => line.trim() !== '' && !/^\s*#/.test(line)))
  if (keys) return keys
  throw new UnusableResource(
    `${path} is damaged: it must hold one key or two, each a line of ${KEY_MIN_CHARACTERS} to ${KEY_MAX_CHARACTERS} ` +
      'characters. Restore it from a backup, or delete it: then all sessions end, and a new key is made.',
  )
}

/**
 * Writes the keys atomically: after a crash the file has either the old keys or the new ones.
 * @throws UnusableResource
 */
export async function writeKeyFile(folder: string, { current, former }: SessionKeys): Promise<void> {
  const path = keyFilePath(folder)
  const unfinished = `${path}.unfinished`
  try {
    // An interrupted write may have left it behind.
    await rm(unfinished, { force: true })
    const lines = [FILE_HEADER, current, '\n', ...(former === undefined ? [] : [former, '\n'])]
    await writePrivateFile(unfinished, lines.join(''), await readFileOwner(path))
    await rename(unfinished, path)
    await syncFolder(folder)
  } catch (error) {
    throw new UnusableResource(`Can’t write ${path}: ${describeSystemError(error)}.`)
  }
}

async function readPrivateFile(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { mode, size } = await file.stat()
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const octal = (mode & 0o777).toString(8)
      throw new UnusableResource(
        `Others can access the keys in ${path} (mode ${octal}). Make it private: chmod 600 ${path}`,
      )
    }
    return size > FILE_MAX_BYTES ? '' : await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

interface FileOwner {
  readonly uid: number
  readonly gid: number
}

async function readFileOwner(path: string): Promise<FileOwner | undefined> {
  try {
    return await stat(path)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function writePrivateFile(path: string, text: string, owner: FileOwner | undefined): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    // Root may rotate the keys of a server that runs as another user: the file stays that user's.
    if (owner && process.geteuid?.() === 0) await file.chown(owner.uid, owner.gid)
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the names in a folder durable. Windows can't open folders and does not need this. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
