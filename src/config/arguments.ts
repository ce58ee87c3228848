import { parseArgs } from 'node:util'
import {
  allOptions,
  type CommandName,
  isCommand,
  isCommandPrefix,
  requiredArgument,
  takesArgument,
  unknownCommand,
} from './command-table.ts'
import { FLAGS } from './flags.ts'

/** What stands on a command line: each flag with its text, and what is wrong with it. */
export interface Arguments {
  readonly command: CommandName
  readonly argument: string | undefined
  readonly flags: ReadonlyMap<string, string>
  readonly problems: readonly string[]
}

/** What is asked of the program itself, whatever else is said. */
export const INFO_FLAGS = ['help', 'version', 'licenses'] as const

export type InfoFlag = (typeof INFO_FLAGS)[number]

/** @param argv without the program's own name */
export function readArguments(argv: readonly string[]): Arguments {
  let command: CommandName | undefined
  // The first of two words.
  let begun: string | undefined
  let argument: string | undefined
  const flags = new Map<string, string>()
  const problems: string[] = []
  const names = new Set([...Object.keys(FLAGS), ...allOptions()])
  const options = Object.fromEntries([...names].map((name) => [name, { type: 'string' as const }]))
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      ...options,
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
      licenses: { type: 'boolean' },
    },
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  // What follows a misspelt flag is its value, not a problem of its own.
  let orphan = -1
  for (const token of tokens) {
    if (token.kind === 'positional' && token.index !== orphan) {
      const whole = begun === undefined ? token.value : `${begun} ${token.value}`
      if (command !== undefined && argument === undefined && takesArgument(command)) argument = token.value
      else if (command !== undefined) problems.push(`“${token.value}” is not expected after ${command}.`)
      else if (isCommand(whole)) command = whole
      else if (isCommandPrefix(whole)) begun = whole
      else problems.push(unknownCommand(whole))
    }
    if (token.kind !== 'option') continue
    const { name, rawName, value, index, inlineValue } = token
    const known = names.has(name)
    const swallowed = known && inlineValue === false && value.startsWith('--')
    if (!known || swallowed) orphan = index + (swallowed ? 2 : 1)
    if (isInfoFlag(name)) flags.set(name, '')
    else if (!known) problems.push(`There is no flag ${rawName}; snug --help lists them.`)
    else if (value === undefined || swallowed) problems.push(`${rawName} needs a value.`)
    else flags.set(name, value)
  }
  if (begun !== undefined && command === undefined && problems.length === 0)
    problems.push(unknownCommand(begun))
  const missing = argument === undefined && command && requiredArgument(command)
  if (missing && !INFO_FLAGS.some((question) => flags.has(question)))
    problems.push(
      `${command} needs ${/^[AEIO]/.test(missing) ? 'an' : 'a'} ${missing}: snug ${command} ${missing}`,
    )
  return { command: command ?? 'serve', argument, flags, problems }
}

function isInfoFlag(name: string): name is InfoFlag {
  return INFO_FLAGS.some((question) => question === name)
}
