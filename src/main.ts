import { hostname } from 'node:os'
import { assets, version } from 'snug:build'
import pino from 'pino'
import { systemClock } from './clock.ts'
import { compose } from './compose.ts'
import { type Config, helpText, readCommand } from './config.ts'
import { drain } from './drain.ts'
import { greeting } from './greeting.ts'
import { listen } from './listen.ts'
import { memorySecrets } from './secrets.ts'

const command = readCommand(process.argv.slice(2), process.env)
switch (command.kind) {
  case 'help':
    console.log(helpText(version))
    break
  case 'version':
    console.log(version)
    break
  case 'wrong':
    for (const problem of command.problems) console.error(`snug: ${problem}`)
    process.exitCode = 2
    break
  case 'serve':
    void serve(command.config)
}

async function serve(config: Config): Promise<void> {
  const log = pino(
    { level: config.logLevel, base: { pid: process.pid, host: hostname() } },
    pino.destination(2),
  )
  const snug = compose(config, { clock: systemClock, secrets: memorySecrets(), assets, log })
  const address = await listen(snug.server, config)
  if ('problem' in address) {
    console.error(`snug: ${address.problem}`)
    process.exit(1)
  }
  console.log(greeting(config, address.port))
  log.info({ port: address.port, version }, 'listening')

  const stop = () => {
    process.once('SIGTERM', () => process.exit(0)).once('SIGINT', () => process.exit(0))
    log.info({ streams: snug.streams.size }, 'draining')
    void drain(snug).then(() => process.exit(0))
  }
  process.once('SIGTERM', stop).once('SIGINT', stop)
}
