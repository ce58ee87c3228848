import type { Config } from './config.ts'
import { keyFileIn, readKeyFile, writeKeyFile } from './data/key-file.ts'
import { rotated } from './data/session-keys.ts'
import { Unusable } from './data/unusable.ts'

/** Puts a new key before the one that signs now, in the data folder; a running server goes on with what it read. */
export async function rotateKeys({
  data,
  sessionKeys,
}: Pick<Config, 'data' | 'sessionKeys'>): Promise<{ said: string } | { problem: string }> {
  if (sessionKeys) {
    return {
      problem: 'The keys are in SNUG_SESSION_KEYS: put a new one and a comma before the first one there.',
    }
  }
  const path = keyFileIn(data.path)
  try {
    const keys = await readKeyFile(data.path)
    if (!keys)
      return { problem: `There is no ${path}: Snug makes it when it starts with --data ${data.path}` }
    await writeKeyFile(data.path, rotated(keys))
    const dropped =
      keys.former === undefined ? '' : ' The one before that is gone: what only it signed has ended.'
    return {
      said: [
        `A new key is in ${path}; the one that signed so far still opens sessions.${dropped}`,
        'Snug takes it up when it is started again. Whoever comes by until the next rotation keeps their session.',
      ].join('\n'),
    }
  } catch (error) {
    if (error instanceof Unusable) return { problem: error.message }
    throw error
  }
}
