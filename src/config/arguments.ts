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
import { FLAGS, type Flag } from './flags.ts'

/** A parsed command line: the command, its argument, the text of each flag, and one line per problem. */
export interface Arguments {
  readonly command: CommandName
  readonly argument: string | undefined
  readonly flags: ReadonlyMap<string, string>
  readonly problems: readonly string[]
}

/** Flags that print something about the program and win over everything else on the command line. */
export const INFO_FLAGS = ['help', 'version', 'licenses'] as const

export type InfoFlag = (typeof INFO_FLAGS)[number]

/** @param argv the arguments, without the name of the program */
export function readArguments(argv: readonly string[]): Arguments {
  let command: CommandName | undefined
  // The first word of a command of two words.
  let firstWord: string | undefined
  let argument: string | undefined
  const flags = new Map<string, string>()
  const problems: string[] = []
  const switches = new Set(
    Object.entries<Flag<unknown>>(FLAGS).flatMap(([name, { isSwitch }]) => (isSwitch ? [name] : [])),
  )
  const names = new Set([...Object.keys(FLAGS), ...allOptions()])
  const options = Object.fromEntries(
    [...names].map((name) => [
      name,
      { type: switches.has(name) ? ('boolean' as const) : ('string' as const) },
    ]),
  )
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
  // The index of the value after an unknown flag: it is no problem of its own.
  let skippedIndex = -1
  for (const token of tokens) {
    if (token.kind === 'positional' && token.index !== skippedIndex) {
      const words = firstWord === undefined ? token.value : `${firstWord} ${token.value}`
      if (command !== undefined && argument === undefined && takesArgument(command)) argument = token.value
      else if (command !== undefined) problems.push(`“${token.value}” is not expected after ${command}.`)
      else if (isCommand(words)) command = words
      else if (isCommandPrefix(words)) firstWord = words
      else problems.push(unknownCommand(words))
    }
    if (token.kind !== 'option') continue
    const { name, rawName, value, index, inlineValue } = token
    const isKnown = names.has(name)
    const swallowed = isKnown && inlineValue === false && value.startsWith('--')
    if (!isKnown || swallowed) skippedIndex = index + (swallowed ? 2 : 1)
    if (isInfoFlag(name)) flags.set(name, '')
    else if (!isKnown) problems.push(`There is no flag ${rawName}; snug --help lists them.`)
    else if (switches.has(name)) {
      const following = argv[index + 1]
      const isValue = value === undefined && (following === 'on' || following === 'off')
      if (isValue) skippedIndex = index + 1
      flags.set(name, value ?? (isValue ? following : 'on'))
    } else if (value === undefined || swallowed) problems.push(`${rawName} needs a value.`)
    else flags.set(name, value)
  }
  if (firstWord !== undefined && command === undefined && problems.length === 0)
    problems.push(unknownCommand(firstWord))
  const missing = argument === undefined && command && requiredArgument(command)
  if (missing && !INFO_FLAGS.some((flag) => flags.has(flag)))
    problems.push(
      `${command} needs ${/^[AEIO]/.test(missing) ? 'an' : 'a'} ${missing}: snug ${command} ${missing}`,
    )
  return { command: command ?? 'serve', argument, flags, problems }
}

function isInfoFlag(name: string): name is InfoFlag {
  return INFO_FLAGS.some((flag) => flag === name)
}
