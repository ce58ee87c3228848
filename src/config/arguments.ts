import { parseArgs } from 'node:util'
import {
  allOptions,
  beginsCommand,
  type CommandName,
  isCommand,
  takesWord,
  unknownCommand,
  wordOf,
} from './command-table.ts'
import { FLAGS } from './flags.ts'

/** What stands on a command line: each flag with its text, and what is wrong with it. */
export interface Arguments {
  readonly command: CommandName
  readonly word: string | undefined
  readonly given: ReadonlyMap<string, string>
  readonly problems: readonly string[]
}

/** What is asked of the program itself, whatever else is said. */
export const QUESTIONS = ['help', 'version', 'licenses'] as const

export type Question = (typeof QUESTIONS)[number]

/** @param argv without the program's own name */
export function readArguments(argv: readonly string[]): Arguments {
  let command: CommandName | undefined
  // The first of two words.
  let begun: string | undefined
  let word: string | undefined
  const given = new Map<string, string>()
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
      if (command !== undefined && word === undefined && takesWord(command)) word = token.value
      else if (command !== undefined) problems.push(`“${token.value}” is not expected after ${command}.`)
      else if (isCommand(whole)) command = whole
      else if (beginsCommand(whole)) begun = whole
      else problems.push(unknownCommand(whole))
    }
    if (token.kind !== 'option') continue
    const { name, rawName, value, index, inlineValue } = token
    const known = names.has(name)
    const swallowed = known && inlineValue === false && value.startsWith('--')
    if (!known || swallowed) orphan = index + (swallowed ? 2 : 1)
    if (isQuestion(name)) given.set(name, '')
    else if (!known) problems.push(`There is no flag ${rawName}; snug --help lists them.`)
    else if (value === undefined || swallowed) problems.push(`${rawName} needs a value.`)
    else given.set(name, value)
  }
  if (begun !== undefined && command === undefined && problems.length === 0)
    problems.push(unknownCommand(begun))
  const missing = word === undefined && command && wordOf(command)
  if (missing && !QUESTIONS.some((question) => given.has(question)))
    problems.push(
      `${command} needs ${/^[AEIO]/.test(missing) ? 'an' : 'a'} ${missing}: snug ${command} ${missing}`,
    )
  return { command: command ?? 'serve', word, given, problems }
}

function isQuestion(name: string): name is Question {
  return QUESTIONS.some((question) => question === name)
}
