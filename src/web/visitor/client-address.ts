import type { IncomingMessage } from 'node:http'
import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net'
import { type Address, address } from '../../chat/address.ts'

/** Addresses that begin with the same bits. */
export interface AddressRange {
  readonly family: 'ipv4' | 'ipv6'
  readonly address: string
  /** How many bits. */
  readonly prefix: number
}

/** What a request says of where it comes from. */
export type ConnectionInfo = Pick<IncomingMessage, 'headers'> & {
  readonly socket: { readonly remoteAddress?: string | undefined }
}

export type AddressOf = (request: ConnectionInfo) => Address

/** Proxies in a row that are believed; what stands before them is not read. */
const HOPS_MAX = 16

const UNKNOWN_ADDRESS = address('unknown')

/**
 * Where requests come from: the socket's other end, unless that is a trusted proxy; then the rightmost hop of
 * X-Forwarded-For that is none. A hop that can't be read counts for the proxy that told it.
 */
export function clientAddress(trusted: readonly AddressRange[]): AddressOf {
  const proxies = new BlockList()
  for (const { address, prefix, family } of trusted) proxies.addSubnet(address, prefix, family)
  const isProxy = (hop: string) => proxies.check(hop, isIPv4(hop) ? 'ipv4' : 'ipv6')

  return ({ socket, headers }) => {
    let client = canonicalize(socket.remoteAddress ?? '')
    if (client === undefined) return UNKNOWN_ADDRESS
    if (trusted.length === 0 || !isProxy(client)) return toNetworkAddress(client)
    for (const hop of forwardedFor(headers)) {
      const told = canonicalize(hop)
      if (told === undefined) break
      client = told
      if (!isProxy(client)) break
    }
    return toNetworkAddress(client)
  }
}

/** What the proxies told, the nearest first. */
function forwardedFor(headers: IncomingMessage['headers']): string[] {
  const hops = String(headers['x-forwarded-for'] ?? '').split(',')
  return hops
    .map((hop) => hop.trim())
    .filter((hop) => hop !== '')
    .slice(-HOPS_MAX)
    .reverse()
}

const V4 = /^([\d.]+)(?::\d{1,5})?$/
const V6 = /^(?:\[([\da-f:.]+)(?:%[^\]]*)?\](?::\d{1,5})?|([\da-f:.]+)(?:%.*)?)$/i

/** One address in one spelling, without brackets, port and zone; undefined for anything else. */
function canonicalize(hop: string): string | undefined {
  const [, v4 = ''] = V4.exec(hop) ?? []
  if (isIPv4(v4)) return v4
  const [, inBrackets, bare] = V6.exec(hop) ?? []
  const v6 = inBrackets ?? bare ?? ''
  if (!isIPv6(v6)) return undefined
  const { address } = new SocketAddress({ address: v6, family: 'ipv6' })
  return address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address
}

/** One household, or one machine, has a whole /64 and comes from any address in it. */
function toNetworkAddress(canonicalAddress: string): Address {
  if (isIPv4(canonicalAddress)) return address(canonicalAddress)
  const [left = [], right = []] = canonicalAddress
    .split('::')
    .map((groups) => groups.split(':').filter((group) => group !== ''))
  const zeros = Array<string>(8 - left.length - right.length).fill('0')
  return address(`${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`)
}
