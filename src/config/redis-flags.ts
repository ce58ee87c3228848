import { isSentinelUrl, parseSentinelUrl, SENTINEL_ADDRESS_FORM } from '../redis/sentinel-address.ts'
import { InvalidValue } from './flag-values.ts'

/** Printable ASCII without braces, which would make hash tags. */
const PREFIX = /^[!-z|~]{0,64}$/

export function parseRedisUrl(text: string): string | undefined {
  if (text === '') return undefined
  if (isSentinelUrl(text)) {
    if (!parseSentinelUrl(text)) throw new InvalidValue(SENTINEL_ADDRESS_FORM)
    return text
  }
  const url = URL.parse(text)
  if (
    !url ||
    !/^rediss?:$/.test(url.protocol) ||
    url.search ||
    url.hash ||
    !/^(\/\d{0,4})?$/.test(url.pathname)
  )
    throw new InvalidValue(
      'redis:// or rediss:// with a host, and optionally user:password@, a port and /database; or redis+sentinel://HOST,HOST/NAME',
    )
  return text
}

export function parseRedisCa(text: string): string | undefined {
  return text === '' ? undefined : text
}

export function parseRedisPrefix(text: string): string {
  if (!PREFIX.test(text))
    throw new InvalidValue('at most 64 letters, digits and punctuation marks, without braces or spaces')
  return text
}
