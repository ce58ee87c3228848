import { hostname } from 'node:os'
import { brotliDecompressSync } from 'node:zlib'
import { assets, licenses, version, writer } from 'snug:build'
import pino from 'pino'
import { Unusable } from './chat/unusable-resource.ts'
import { backup } from './commands/backup.ts'
import type { Outcome } from './commands/result.ts'
import type { CommandName } from './config/command-table.ts'
import { type Command, type Config, readCommand } from './config/config.ts'
import { helpText } from './config/flags.ts'
import { keyedSecrets } from './secrets/secrets.ts'
import { compose } from './server/compose.ts'
import { drain } from './server/drain.ts'
import { listen } from './server/listen.ts'
import { openData } from './server/open-data.ts'
import { greeting } from './server/startup-banner.ts'
import { isDatabaseIn } from './store/sqlite/store.ts'
import { systemClock } from './system/clock.ts'
import { collectAll } from './system/collect-garbage.ts'
import { findLetGo } from './web/stream/detach-socket.ts'

const LEFT_BEHIND =
  'the rooms kept in this folder are not shown with --redis; snug export and snug import bring them to Redis'

const command = readCommand(process.argv.slice(2), process.env)
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
  case 'wrong':
    for (const problem of command.problems) console.error(`snug: ${problem}`)
    process.exitCode = 2
    break
  case 'serve':
    void serve(command.config)
    break
  case 'backup':
    tell(backup(command.config, command.word ?? ''))
    break
  default:
    void work(command.kind, command).then(tell)
}

// What knows Redis is loaded only where it is needed: most servers are alone, and start a third sooner without.

type Work = Exclude<CommandName, 'serve' | 'backup'>
type Given = Extract<Command, { config: Config }>

async function work(kind: Work, { config, word = '', options = new Map() }: Given): Promise<Outcome> {
  switch (kind) {
    case 'rotate-keys':
      return (await import('./commands/rotate-keys.ts')).rotateKeys(config, systemClock)
    case 'export':
      return (await import('./commands/export-room.ts')).exportRoom(config, word, systemClock)
    case 'import':
      return (await import('./commands/import-room.ts')).importFile(config, word, systemClock)
    case 'token create':
      return (await import('./commands/tokens.ts')).createToken(config, systemClock, word, options)
    case 'token list':
      return (await import('./commands/tokens.ts')).listTokens(config, systemClock, word || undefined)
    case 'token revoke':
      return (await import('./commands/tokens.ts')).revokeToken(config, systemClock, word)
  }
}

/** Prints it; ends with code 1 when it could not be done. */
function tell(outcome: Outcome): void {
  if ('problem' in outcome) fail(outcome.problem)
  if (outcome.said !== '') console.log(outcome.said)
  if (outcome.noted !== undefined) console.error(outcome.noted)
}

function fail(...problems: readonly string[]): never {
  for (const problem of problems) console.error(`snug: ${problem}`)
  process.exit(1)
}

/** From when on the process listens until nothing more is done for its start. */
const SETTLED_MS = 100

async function serve(config: Config): Promise<void> {
  const log = pino(
    { level: config.logLevel, base: { pid: process.pid, host: hostname() } },
    pino.destination(2),
  )
  const report = (err: unknown) => log.warn({ err }, 'redis')
  const kept =
    config.redis === undefined
      ? await openData(config, systemClock)
      : await (await import('./server/open-redis.ts')).openRedis(config, systemClock, report)
  if ('problem' in kept) fail(...kept.problem.split('\n'))
  const snug = await compose(config, {
    clock: systemClock,
    secrets: keyedSecrets(kept.keys),
    assets,
    log,
    writer,
    kept,
    letGo: findLetGo(),
    version,
  }).catch(async (error) => {
    await kept.close()
    if (error instanceof Unusable) fail(...error.message.split('\n'))
    throw error
  })
  const address = await listen(snug.server, config)
  if ('problem' in address) {
    await kept.close()
    fail(address.problem)
  }
  console.log(greeting(config, address.port))
  if (config.redis !== undefined && isDatabaseIn(config.data.path))
    log.warn({ folder: config.data.path }, LEFT_BEHIND)
  log.info({ port: address.port, version, sessionKeys: kept.keptIn }, 'listening')
  setTimeout(collectAll, SETTLED_MS).unref()

  const stop = () => {
    process.once('SIGTERM', () => process.exit(0)).once('SIGINT', () => process.exit(0))
    log.info({ streams: snug.streams.size }, 'draining')
    void drain(snug)
      .then(() => kept.close())
      .then(() => process.exit(0))
  }
  process.once('SIGTERM', stop).once('SIGINT', stop)
}
