import { hostname } from 'node:os'
import { assets, version, writer } from 'snug:build'
import pino from 'pino'
import { Unusable } from '../chat/unusable-resource.ts'
import type { Config } from '../config/config.ts'
import { keyedSecrets } from '../secrets/secrets.ts'
import { compose } from '../server/compose.ts'
import { drain } from '../server/drain.ts'
import { listen } from '../server/listen.ts'
import { openData } from '../server/open-data.ts'
import { greeting } from '../server/startup-banner.ts'
import { isDatabaseIn } from '../store/sqlite/store.ts'
import { systemClock } from '../system/clock.ts'
import { collectAll } from '../system/collect-garbage.ts'
import { findLetGo } from '../web/stream/detach-socket.ts'
import { fail } from './report-result.ts'

const LEFT_BEHIND =
  'the rooms kept in this folder are not shown with --redis; snug export and snug import bring them to Redis'

/** From when on the process listens until nothing more is done for its start. */
const SETTLED_MS = 100

export async function serve(config: Config): Promise<void> {
  const log = pino(
    { level: config.logLevel, base: { pid: process.pid, host: hostname() } },
    pino.destination(2),
  )
  const report = (err: unknown) => log.warn({ err }, 'redis')
  const kept =
    config.redis === undefined
      ? await openData(config, systemClock)
      : await (await import('../server/open-redis.ts')).openRedis(config, systemClock, report)
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
