import { isIP, isIPv4 } from 'node:net'
import type { AddressRange } from '../web/visitor/client-address.ts'
import { InvalidValue } from './flag-values.ts'

/** Loopback: RFC 1122 §3.2.1.3 and RFC 4291 §2.5.3. Private: RFC 1918 and RFC 4193. */
const NAMED_RANGES = new Map([
  ['loopback', ['127.0.0.0/8', '::1']],
  ['private', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7']],
])

/** Parses addresses, ranges such as 10.0.0.0/8, `loopback` and `private`, separated by commas. '' is an empty list. */
export function parseAddressRanges(text: string): AddressRange[] {
  if (text === '') return []
  const parts = text.split(',').map((part) => part.trim())
  return parts.flatMap((part) => NAMED_RANGES.get(part) ?? [part]).map(parseRange)
}

function parseRange(text: string): AddressRange {
  const [address = '', bits, ...rest] = text.split('/')
  const [family, addressBits] = isIPv4(address) ? (['ipv4', 32] as const) : (['ipv6', 128] as const)
  const prefix = bits === undefined ? addressBits : Number(bits)
  if (
    isIP(address) === 0 ||
    address.includes('%') ||
    rest.length > 0 ||
    prefix > addressBits ||
    !/^\d{1,3}$/.test(bits ?? '0')
  )
    throw new InvalidValue('addresses, ranges such as 10.0.0.0/8, loopback or private, separated by commas')
  return { family, address, prefix }
}
