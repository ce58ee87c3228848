import { hostname } from 'node:os'
import { assets, version, writer } from 'snug:build'
import pino from 'pino'
import { UnusableResource } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { createSecrets } from '../secrets/secrets.ts'
import { compose } from '../server/compose.ts'
import { drain } from '../server/drain.ts'
import { listen } from '../server/listen.ts'
import { openData } from '../server/open-data.ts'
import { startupBanner } from '../server/startup-banner.ts'
import { databaseExists } from '../store/sqlite/store.ts'
import { systemClock } from '../system/clock.ts'
import { collectGarbageFully } from '../system/collect-garbage.ts'
import { watchFileDescriptors } from '../system/file-descriptors.ts'
import { LogOutput } from '../system/log-output.ts'
import { findDetachSocket } from '../web/stream/detach-socket.ts'
import { fail } from './report-result.ts'
import { onStopSignal } from './stop-signals.ts'

const UNUSED_ROOMS_WARNING =
  'the rooms kept in this folder are not shown with --redis; snug export and snug import bring them to Redis'

const NO_FILE_DESCRIPTORS =
  'out of file descriptors: new connections are closed at once. Raise the limit (ulimit -n, or LimitNOFILE of systemd)'

/** Startup work may continue this long after the server begins to listen. Then its memory is freed. */
const STARTUP_GC_DELAY_MS = 100

/** Milliseconds from the signal to the end of the process. Containers are killed two seconds later. */
const EXIT_DEADLINE_MS = 7650

/** Milliseconds that the log has for its last lines when a signal ends the process. */
const LOG_GRACE_MS = 50

export async function serve(config: Config): Promise<void> {
  const output = new LogOutput(2)
  process.once('exit', () => output.flush())
  const log = pino({ level: config.logLevel, base: { pid: process.pid, host: hostname() } }, output)
  const report = (err: unknown) => log.warn({ err }, 'Redis failed in the background')
  const storage =
    config.redis === undefined
      ? await openData(config, systemClock)
      : await (await import('../server/open-redis.ts')).openRedis(config, systemClock, report)
  if ('problem' in storage) fail(...storage.problem.split('\n'))
  const snug = await compose(config, {
    clock: systemClock,
    secrets: 'secrets' in storage ? storage.secrets : createSecrets(storage.keys),
    assets,
    log,
    writer,
    storage,
    detachSocket: findDetachSocket(),
    version,
  }).catch(async (error) => {
    await storage.close()
    if (error instanceof UnusableResource) fail(...error.message.split('\n'))
    throw error
  })
  const address = await listen(snug.server, config)
  if ('problem' in address) {
    await storage.close()
    fail(address.problem)
  }
  const endBySignal = (signal: NodeJS.Signals) => {
    // What the log is writing would be lost, and no listener for the exit is called.
    output.flush()
    setTimeout(() => killBySignal(signal), LOG_GRACE_MS)
  }
  // Before anything says that the server runs: a signal may follow at once.
  const stop = (signal: NodeJS.Signals) => {
    log.info({ streams: snug.streams.size }, 'draining')
    setTimeout(() => {
      log.error('something did not end in time, such as a write to a disk that does not answer')
      endBySignal(signal)
    }, EXIT_DEADLINE_MS)
    void drain(snug)
      .then(() => storage.close())
      .then(() => process.exit(0))
  }
  onStopSignal(process, stop, (second) => (snug.isWriting() ? endBySignal(second) : process.exit(0)))

  console.log(startupBanner(config, address.port))
  if (config.redis !== undefined && databaseExists(config.data.path))
    log.warn({ folder: config.data.path }, UNUSED_ROOMS_WARNING)
  log.info({ port: address.port, version, sessionKeys: storage.keySource }, 'listening')
  // Otherwise an error while accepting one connection would end the process.
  snug.server.on('error', (err) => log.error({ err }, 'a connection could not be accepted'))
  watchFileDescriptors(systemClock, (exhausted) => {
    if (exhausted) log.error(NO_FILE_DESCRIPTORS)
    else log.warn('file descriptors are available again')
  })
  setTimeout(collectGarbageFully, STARTUP_GC_DELAY_MS).unref()
}

/** Ends the process even if a thread of it hangs: `process.exit` would wait for that thread. */
function killBySignal(signal: NodeJS.Signals): void {
  // Without a listener the signal has its default effect.
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}
