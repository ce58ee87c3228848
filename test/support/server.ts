import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import type { TestContext } from 'node:test'
import pino from 'pino'
import { readAssets } from '../../scripts/assets.ts'
import { buildWriter } from '../../scripts/build.ts'
import type { Clock } from '../../src/chat/ports.ts'
import { systemClock } from '../../src/clock.ts'
import { compose, type Snug, type Storage } from '../../src/compose.ts'
import { type Config, readCommand } from '../../src/config.ts'
import { memorySecrets } from '../../src/secrets.ts'
import { emptyFolder } from './snug-process.ts'

const assets = readAssets()
const writer = buildWriter()

export interface TestServer extends Snug {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** Everything that was logged so far. */
  logged(): string
}

/**
 * The defaults without limits, with the given settings over them: on a fast machine a test posts more in two seconds
 * than anybody may, on a slow one it does not. Tests of limits set their own; those of whole processes have the defaults.
 */
export function testConfig(settings: Partial<Config> = {}): Config {
  const command = readCommand(['--port', '0', '--limits', 'off'], {})
  if (command.kind !== 'serve') throw new Error('The defaults are wrong')
  return { ...command.config, ...settings }
}

/** Snug wired as in production, listening on a free port of loopback until the test ends. */
export async function startServer(
  t: TestContext,
  settings: Partial<Config> = {},
  clock: Clock = systemClock,
  data: Storage = { folder: undefined, make: async () => ({ path: await emptyFolder(t) }) },
): Promise<TestServer> {
  const config = testConfig(settings)
  let log = ''
  const sink = new PassThrough().on('data', (chunk) => {
    log += chunk
  })
  const snug = await compose(config, {
    clock,
    secrets: memorySecrets(),
    assets: await assets,
    log: pino({ level: 'debug' }, sink),
    writer: await writer,
    data,
  })
  await new Promise<void>((resolve) => snug.server.listen(0, config.host, resolve))
  t.after(async () => {
    await snug.close()
    snug.server.close()
    snug.server.closeAllConnections()
  })
  const { port } = snug.server.address() as AddressInfo
  return { ...snug, url: `http://127.0.0.1:${port}`, logged: () => log }
}
