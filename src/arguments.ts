import { parseArgs } from 'node:util'
import { type CommandName, isCommand, unknownCommand, wordOf } from './commands.ts'
import { FLAGS } from './flags.ts'

/** What stands on a command line: each flag with its text, and what is wrong with it. */
export interface Arguments {
  readonly command: CommandName
  readonly word: string | undefined
  readonly given: ReadonlyMap<string, string>
  readonly problems: readonly string[]
}

/** @param argv without the program's own name */
export function readArguments(argv: readonly string[]): Arguments {
  let command: CommandName | undefined
  let word: string | undefined
  const given = new Map<string, string>()
  const problems: string[] = []
  const options = Object.fromEntries(Object.keys(FLAGS).map((name) => [name, { type: 'string' as const }]))
  const { tokens } = parseArgs({
    args: [...argv],
    options: { ...options, help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  // What follows a misspelt flag is its value, not a problem of its own.
  let orphan = -1
  for (const token of tokens) {
    if (token.kind === 'positional' && token.index !== orphan) {
      if (command !== undefined && word === undefined && wordOf(command)) word = token.value
      else if (command !== undefined) problems.push(`“${token.value}” is a word too many after ${command}.`)
      else if (isCommand(token.value)) command = token.value
      else problems.push(unknownCommand(token.value))
    }
    if (token.kind !== 'option') continue
    const { name, rawName, value, index, inlineValue } = token
    const known = Object.hasOwn(FLAGS, name)
    const swallowed = known && inlineValue === false && value.startsWith('--')
    if (!known || swallowed) orphan = index + (swallowed ? 2 : 1)
    if (name === 'help' || name === 'version') given.set(name, '')
    else if (!known) problems.push(`There is no flag ${rawName}; snug --help lists them.`)
    else if (value === undefined || swallowed) problems.push(`${rawName} needs a value.`)
    else given.set(name, value)
  }
  const missing = word === undefined && command && wordOf(command)
  if (missing && !given.has('help') && !given.has('version'))
    problems.push(`${command} needs a ${missing}: snug ${command} ${missing}`)
  return { command: command ?? 'serve', word, given, problems }
}
