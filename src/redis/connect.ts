import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Clock } from '../chat/ports/clock.ts'
import { Refusal } from '../chat/refusal.ts'
import { describeSystemError, UnusableResource } from '../chat/unusable-resource.ts'
import { Redis } from './redis.ts'
import { isFullRefusal, toRefusal } from './refusals.ts'
import { isUnknownCommand } from './rights.ts'
import { isSentinelUrl, parseSentinelUrl } from './sentinel-address.ts'
import { UnusablePrimary } from './unusable-primary.ts'
import { UnusableRedis } from './unusable-redis.ts'

/** Which Redis to use, and how. */
export interface RedisSettings {
  /** URL of the Redis that stores kept rooms and everything that processes share. Undefined: standalone. */
  readonly redis: string | undefined
  /** Path of a file with the certificates (PEM) to trust for it. Undefined: the system's authorities. */
  readonly redisCa: string | undefined
  /** Begins every key and channel. */
  readonly redisPrefix: string
}

/**
 * Opens the Redis that the settings name.
 * @param report receives errors that no caller waits for
 * @throws UnusableResource with one line per reason
 */
export async function connectRedis(
  { redis: url = '', redisCa, redisPrefix: prefix }: RedisSettings,
  clock: Clock,
  report: (error: unknown) => void = () => {},
): Promise<Redis> {
  const ca = redisCa === undefined ? undefined : await readCertificates(redisCa)
  try {
    return await Redis.open({ url, ca, prefix, clock, report })
  } catch (error) {
    throw new UnusableResource(describeRedisError(error, url))
  }
}

/**
 * Connects to the Redis that the settings name and runs something with it. Closes the connection only if that fails.
 * @returns the result, or what went wrong, with one line per reason
 */
export async function withRedis<Result>(
  settings: RedisSettings,
  clock: Clock,
  report: (error: unknown) => void,
  run: (redis: Redis) => Promise<Result>,
): Promise<Result | { problem: string }> {
  let redis: Redis | undefined
  try {
    redis = await connectRedis(settings, clock, report)
    return await run(redis)
  } catch (error) {
    redis?.close()
    return { problem: describeRedisError(error, settings.redis ?? '') }
  }
}

/** Describes why the Redis at this address can’t be used, with one line per reason. */
export function describeRedisError(error: unknown, url: string): string {
  if (error instanceof UnusableRedis || error instanceof UnusableResource) return error.message
  if (error instanceof UnusablePrimary)
    return `The sentinels name ${error.address} as the primary “${error.primary}”. Can’t use it: ${explainError(error.cause, url)}`
  return `Can’t use the Redis at ${hostOf(url)}: ${explainError(error, url)}`
}

/** The hosts and ports of an address. The address itself may hold a password and is never printed. */
export function hostOf(url: string): string {
  const sentinels = parseSentinelUrl(url)
  if (sentinels) return `${sentinels.hosts.join(',')}/${sentinels.name}`
  return URL.parse(url)?.host ?? 'this address'
}

async function readCertificates(path: string): Promise<string> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new UnusableResource(`Can’t read the certificates in ${path}: ${describeSystemError(error)}.`)
  }
  try {
    // Checks only the first certificate. Invalid others fail when connecting.
    new X509Certificate(text)
  } catch {
    throw new UnusableResource(
      `There is no certificate in ${path}: it should begin with -----BEGIN CERTIFICATE-----`,
    )
  }
  return text
}

const UNTRUSTED_CERTIFICATE_CODES = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** Describes in one line what went wrong, with advice where there is any. */
function explainError(error: unknown, url: string): string {
  const tls = url.startsWith('rediss')
  const [plain, secure] = isSentinelUrl(url) ? ['redis+sentinel', 'rediss+sentinel'] : ['redis', 'rediss']
  const advice = tls
    ? `Without TLS its address begins with ${plain}://.`
    : `With TLS its address begins with ${secure}://.`
  if (isFullRefusal(toRefusal(error))) return 'its memory or its disk is full.'
  if (error instanceof Refusal) return `it does not answer in time.${tls ? ` ${advice}` : ''}`
  if (!(error instanceof Error)) return String(error)
  const { message } = error
  if ('code' in error && UNTRUSTED_CERTIFICATE_CODES.has(String(error.code)))
    return `its certificate is not trusted (${message}). Name the certificates that signed it: --redis-ca FILE.`
  if (/^NOAUTH|^WRONGPASS/.test(message))
    return `it needs another user or password: ${plain}://USER:PASSWORD@HOST:PORT.`
  if (isUnknownCommand(message))
    return `it is too old, or rename-command in its configuration takes away what Snug needs (${message}).`
  if (message === 'Connection timeout') return `it does not answer in time. ${advice}`
  if (message === 'Socket closed unexpectedly' || message === 'read ECONNRESET')
    return `it closed the connection. ${advice}`
  return `${message.split('\n', 1)[0]}.`
}
