interface CommandShape {
  /** What stands after `snug`. */
  readonly usage: string
  readonly help: string
  /** The flags that may be given with it; variables of the others do no harm. */
  readonly takes: 'every flag' | readonly string[]
  /** What must stand after it. */
  readonly word?: string
}

/** What Snug can be told to do; the first is what it does when it is told nothing. */
export const COMMANDS = {
  serve: { usage: '[serve] [flags]', help: '', takes: 'every flag' },
  'rotate-keys': {
    usage: 'rotate-keys [--data FOLDER | --redis URL]',
    help: 'makes a new key for sessions, for the next start',
    takes: ['data', 'redis', 'redis-ca', 'redis-prefix'],
  },
  backup: {
    usage: 'backup FILE [--data FOLDER]',
    help: 'copies all kept rooms, also while Snug runs',
    takes: ['data'],
    word: 'FILE',
  },
  export: {
    usage: 'export ROOM [--data FOLDER|--redis URL]',
    help: 'prints a kept room as JSON lines',
    takes: ['data', 'redis', 'redis-ca', 'redis-prefix'],
    word: 'ROOM',
  },
  import: {
    usage: 'import FILE [--data FOLDER|--redis URL]',
    help: 'brings it back; no server may use the folder; - is stdin',
    takes: ['data', 'redis', 'redis-ca', 'redis-prefix', 'base-url'],
    word: 'FILE',
  },
} as const satisfies Record<string, CommandShape>

export type CommandName = keyof typeof COMMANDS

export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word)
}

export function unknownCommand(word: string): string {
  return `There is no command “${word}”; there are ${Object.keys(COMMANDS).join(', ')}.`
}

/** What must stand after a command, if something must. */
export function wordOf(command: CommandName): string | undefined {
  const shape: CommandShape = COMMANDS[command]
  return shape.word
}

/** The first lines of the help. */
export function usage(): string[] {
  const shapes: CommandShape[] = Object.values(COMMANDS)
  const width = Math.max(...shapes.map(({ usage }) => usage.length))
  return shapes.map(({ usage, help }, index) =>
    `${index === 0 ? 'Usage:' : '      '} snug ${usage.padEnd(width)}  ${help}`.trimEnd(),
  )
}
