import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import type { TestContext } from 'node:test'
import { constants } from 'node:zlib'
import pino from 'pino'
import { readAssets } from '../../../scripts/assets.ts'
import { reservePort } from '../../../scripts/bench/reserve-port.ts'
import { buildWriter } from '../../../scripts/build.ts'
import type { Clock } from '../../../src/chat/ports/clock.ts'
import type { Secrets } from '../../../src/chat/ports/secrets.ts'
import { parseSlug, type Slug } from '../../../src/chat/room.ts'
import { type Config, readCommand } from '../../../src/config/config.ts'
import type { Redis } from '../../../src/redis/redis.ts'
import { createMemorySecrets } from '../../../src/secrets/secrets.ts'
import { compose, type Snug } from '../../../src/server/compose.ts'
import type { LazyDataFolder } from '../../../src/server/standalone.ts'
import { systemClock } from '../../../src/system/clock.ts'
import { type DetachSocket, findDetachSocket } from '../../../src/web/stream/detach-socket.ts'
import { emptyFolder } from '../process/snug-process.ts'

// Built once for each test file, with the fastest compression: sizes are tested with the executable.
const assets = readAssets(constants.BROTLI_MIN_QUALITY)
const writer = buildWriter()

export interface TestServer extends Snug {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** The log so far. */
  logged(): string
  /** Stops the server before the test ends. */
  stop(): Promise<void>
}

/**
 * The default configuration without rate limits, and with these settings. On a fast machine a test posts more in two
 * seconds than the limits allow, on a slow one it does not. Tests of limits set their own; whole processes have the
 * defaults.
 */
function testConfig(settings: Partial<Config> = {}): Config {
  const command = readCommand(['--port', '0', '--limits', 'off'], {})
  if (command.kind !== 'serve') throw new Error('The defaults are invalid')
  return { ...command.config, ...settings }
}

/** Snug wired as in production, listening on a free port of loopback until the test ends. */
export async function startServer(
  t: TestContext,
  settings: Partial<Config> = {},
  clock: Clock = systemClock,
  data: LazyDataFolder | { readonly redis: Redis } = {
    folder: undefined,
    createFolder: async () => ({ path: await emptyFolder(t) }),
  },
  secrets: Secrets = createMemorySecrets(),
  sockets: DetachSocket | 'attached' = findDetachSocket() ?? 'attached',
): Promise<TestServer> {
  const config = testConfig(settings)
  let log = ''
  const sink = new PassThrough().on('data', (chunk) => {
    log += chunk
  })
  const snug = await compose(config, {
    clock,
    secrets,
    assets: await assets,
    log: pino({ level: 'debug' }, sink),
    writer: await writer,
    storage: data,
    detachSocket: sockets === 'attached' ? undefined : sockets,
    version: 'test',
  })
  await new Promise<void>((resolve) => snug.server.listen(config.port, config.host, resolve))
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= snug.close().then(() => {
      snug.server.close()
      snug.server.closeAllConnections()
    })
    return stopped
  }
  t.after(stop)
  const { port } = snug.server.address() as AddressInfo
  return { ...snug, url: `http://127.0.0.1:${port}`, logged: () => log, stop }
}

/** Starts one server after another with the same folder and port, like a server that restarts. */
export async function restartableServer(t: TestContext, settings: Partial<Config> = {}) {
  const folder = { path: await emptyFolder(t) }
  const secrets = createMemorySecrets()
  const port = await reservePort()
  return async (): Promise<TestServer> => {
    const data = { folder, createFolder: async () => folder }
    return startServer(t, { ...settings, port }, systemClock, data, secrets)
  }
}

/** Makes a kept room. */
export async function createKeptRoom({ chat }: TestServer, name: string, owner = 'nobody'): Promise<Slug> {
  const slug = parseSlug(name)
  await chat.store.createRoom(
    slug,
    { retention: undefined, keep: undefined, listed: false },
    chat.secrets.hash(owner),
  )
  return slug
}
