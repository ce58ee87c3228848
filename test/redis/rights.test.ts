import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { deniedRight, PROBED_COMMANDS } from '../../src/redis/rights.ts'

const ROOT = join(import.meta.dirname, '..', '..')

/** Commands by name: those of scripts, and those that are sent as they are. */
const COMMAND = /\b(?:p?call|command)\('([A-Z]+)'/g

test('every command that is given anywhere is tried at the start', () => {
  const given = globSync('src/**/*.ts', { cwd: ROOT }).flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(COMMAND)].map((match) => match[1]),
  )
  // The one is chosen by a type, the others by whether rooms expire.
  const others = ['SADD', 'SREM', 'EXISTS']
  const tried = PROBED_COMMANDS.map((words) => words.split(' ')[0])
  assert.deepEqual([...new Set(tried)].sort(), [...new Set([...given, ...others])].sort())
})

test('what an error denies is known, as Redis 7.0 and later ones word it', () => {
  for (const [error, denied] of [
    ["NOPERM this user has no permissions to run the 'get' command", 'command'],
    ["NOPERM User snug has no permissions to run the 'get' command", 'command'],
    ["ERR The user executing the script can't run this command or subcommand", 'command'],
    ["NOPERM ACL failure in script: User snug has no permissions to run the 'get' command", 'command'],
    ['NOPERM this user has no permissions to access one of the keys used as arguments', 'keys'],
    ['NOPERM No permissions to access a key', 'keys'],
    [
      "ERR The user executing the script can't access at least one of the keys mentioned in the command arguments",
      'keys',
    ],
    ['NOPERM this user has no permissions to access one of the channels used as arguments', 'channels'],
    ['NOPERM ACL failure in script: No permissions to access a channel', 'channels'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', undefined],
    ['OOM command not allowed when used memory > maxmemory', undefined],
  ] as const)
    assert.equal(deniedRight(error), denied, error)
})
