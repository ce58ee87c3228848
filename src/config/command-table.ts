interface CommandShape {
  /** The words after `snug`, as the help shows them. */
  readonly usage: string
  readonly help: string
  /** The flags that the command accepts. Environment variables of other flags are ignored. */
  readonly takes: 'every flag' | readonly string[]
  /** The name of the required argument. */
  readonly argument?: string
  /** The name of the optional argument. */
  readonly optionalArgument?: string
  /** Flags of this command only. They are no settings and have no environment variables. */
  readonly options?: readonly string[]
}

/** All commands. The first is the default. */
export const COMMANDS = {
  serve: { usage: '[serve] [flags]', help: '', takes: 'every flag' },
  'rotate-keys': {
    usage: 'rotate-keys [--data FOLDER | --redis URL]',
    help: 'makes a new key for sessions, for the next start',
    takes: ['data', 'redis', 'redis-ca', 'redis-prefix'],
  },
  backup: {
    usage: 'backup FILE [--data FOLDER]',
    help: 'copies all kept rooms, even while Snug runs',
    takes: ['data'],
    argument: 'FILE',
  },
  export: {
    usage: 'export ROOM [--data FOLDER|--redis URL]',
    help: 'prints a kept room as JSON lines',
    takes: ['data', 'redis', 'redis-ca', 'redis-prefix'],
    argument: 'ROOM',
  },
  import: {
    usage: 'import FILE [--data FOLDER|--redis URL]',
    help: 'imports it; no server may be using the folder; - is stdin',
    takes: ['data', 'redis', 'redis-ca', 'redis-prefix', 'base-url'],
    argument: 'FILE',
  },
  'token create': {
    usage: 'token create ROOM [--name N] [--scopes read,post]',
    help: 'lets a program in; prints its secret once',
    takes: ['data', 'redis', 'redis-ca', 'redis-prefix', 'base-url'],
    argument: 'ROOM',
    options: ['name', 'scopes'],
  },
  'token list': {
    usage: 'token list [ROOM]',
    help: 'prints the tokens of a room, or of all',
    takes: ['data', 'redis', 'redis-ca', 'redis-prefix'],
    optionalArgument: 'ROOM',
  },
  'token revoke': {
    usage: 'token revoke ID',
    help: 'ends one at once; all three work while Snug runs',
    takes: ['data', 'redis', 'redis-ca', 'redis-prefix'],
    argument: 'ID',
  },
} as const satisfies Record<string, CommandShape>

export type CommandName = keyof typeof COMMANDS

export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word)
}

/** Whether a command of two words begins with this word. */
export function isCommandPrefix(word: string): boolean {
  return Object.keys(COMMANDS).some((name) => name.startsWith(`${word} `))
}

export function unknownCommand(word: string): string {
  return `There is no command “${word}”. The commands are ${Object.keys(COMMANDS).join(', ')}.`
}

/** The name of the argument that a command needs; undefined if it needs no argument. */
export function requiredArgument(command: CommandName): string | undefined {
  const shape: CommandShape = COMMANDS[command]
  return shape.argument
}

/** Whether a command takes an argument. */
export function takesArgument(command: CommandName): boolean {
  const { argument, optionalArgument }: CommandShape = COMMANDS[command]
  return (argument ?? optionalArgument) !== undefined
}

/** The flags of this command only. */
export function optionsOf(command: CommandName): readonly string[] {
  const shape: CommandShape = COMMANDS[command]
  return shape.options ?? []
}

/** The flags that belong to a single command, for all commands. */
export function allOptions(): string[] {
  return Object.values<CommandShape>(COMMANDS).flatMap(({ options }) => options ?? [])
}

/** The first lines of the help. */
export function usage(): string[] {
  const shapes: CommandShape[] = Object.values(COMMANDS)
  const width = Math.max(...shapes.map(({ usage }) => usage.length))
  return shapes.map(({ usage, help }, index) =>
    `${index === 0 ? 'Usage:' : '      '} snug ${usage.padEnd(width)}  ${help}`.trimEnd(),
  )
}
