import { brotliDecompressSync } from 'node:zlib'
import { licenses, version } from 'snug:build'
import { backup } from './commands/backup.ts'
import { printResult } from './commands/report-result.ts'
import type { CommandResult } from './commands/result.ts'
import { serve } from './commands/serve.ts'
import { ignoreHangUp } from './commands/stop-signals.ts'
import type { CommandName } from './config/command-table.ts'
import { type Command, type Config, readCommand } from './config/config.ts'
import { helpText } from './config/flags.ts'
import { systemClock } from './system/clock.ts'

ignoreHangUp(process)
const command = readCommand(process.argv.slice(2), process.env)
// Nobody reads on (`snug --licenses | head`), or the terminal is gone: a server goes on, all else is done.
for (const output of [process.stdout, process.stderr])
  output.on('error', () => {
    if (command.kind !== 'serve') process.exit()
  })
switch (command.kind) {
  case 'help':
    console.log(helpText(version))
    break
  case 'version':
    console.log(version)
    break
  case 'licenses':
    process.stdout.write(brotliDecompressSync(Buffer.from(licenses, 'base64')))
    break
  case 'invalid':
    for (const problem of command.problems) console.error(`snug: ${problem}`)
    process.exitCode = 2
    break
  case 'serve':
    void serve(command.config)
    break
  case 'backup':
    printResult(backup(command.config, command.argument ?? '', systemClock))
    break
  default:
    void runCommand(command.kind, command).then(printResult)
}

// Modules that use Redis are imported on demand: most servers run without Redis, and start a third faster that way.

type AsyncCommandName = Exclude<CommandName, 'serve' | 'backup'>
type ConfiguredCommand = Extract<Command, { config: Config }>

async function runCommand(
  kind: AsyncCommandName,
  { config, argument = '', options = new Map() }: ConfiguredCommand,
): Promise<CommandResult> {
  switch (kind) {
    case 'rotate-keys':
      return (await import('./commands/rotate-keys.ts')).rotateKeys(config, systemClock)
    case 'export':
      return (await import('./commands/export-room.ts')).exportRoom(config, argument, systemClock)
    case 'import':
      return (await import('./commands/import-room.ts')).importFile(config, argument, systemClock)
    case 'token create':
      return (await import('./commands/tokens.ts')).createToken(config, systemClock, argument, options)
    case 'token list':
      return (await import('./commands/tokens.ts')).listTokens(config, systemClock, argument || undefined)
    case 'token revoke':
      return (await import('./commands/tokens.ts')).revokeToken(config, systemClock, argument)
  }
}
