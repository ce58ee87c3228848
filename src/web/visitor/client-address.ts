import type { IncomingMessage } from 'node:http'
import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net'
import { type Address, address } from '../../chat/address.ts'

/** The addresses that begin with the same bits. */
export interface AddressRange {
  readonly family: 'ipv4' | 'ipv6'
  readonly address: string
  /** The number of these bits. */
  readonly prefix: number
}

/** The parts of a request that show its client's address. */
export type ConnectionInfo = Pick<IncomingMessage, 'headers'> & {
  readonly socket: { readonly remoteAddress?: string | undefined }
}

/** Finds the address of a request's client; an IPv6 address counts as its /64. */
export type AddressOf = (request: ConnectionInfo) => Address

/** The most hops of X-Forwarded-For that are read, counted from the right. */
const HOPS_MAX = 16

const UNKNOWN_ADDRESS = address('unknown')

/**
 * Creates a function that finds a client's address: the remote end of the socket or, if that is a trusted proxy, the
 * rightmost hop of X-Forwarded-For that is not one. If a hop can't be parsed, the proxy that added it is the client.
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
      const hopAddress = canonicalize(hop)
      if (hopAddress === undefined) break
      client = hopAddress
      if (!isProxy(client)) break
    }
    return toNetworkAddress(client)
  }
}

/** The hops in X-Forwarded-For, the nearest first. */
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

/**
 * Normalises an address to its one spelling, without brackets, port and zone.
 * @returns undefined for anything else
 */
function canonicalize(hop: string): string | undefined {
  const [, v4 = ''] = V4.exec(hop) ?? []
  if (isIPv4(v4)) return v4
  const [, inBrackets, bare] = V6.exec(hop) ?? []
  const v6 = inBrackets ?? bare ?? ''
  if (!isIPv6(v6)) return undefined
  const { address } = new SocketAddress({ address: v6, family: 'ipv6' })
  return address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address
}

/** Reduces an IPv6 address to its /64: one household, or one machine, can use any address in it. */
function toNetworkAddress(canonicalAddress: string): Address {
  if (isIPv4(canonicalAddress)) return address(canonicalAddress)
  const [left = [], right = []] = canonicalAddress
    .split('::')
    .map((groups) => groups.split(':').filter((group) => group !== ''))
  const zeros = Array<string>(8 - left.length - right.length).fill('0')
  return address(`${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`)
}
