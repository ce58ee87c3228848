import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { renderUnicodeCompact } from 'uqr'
import type { Config } from '../config/config.ts'

/** The network interfaces of this machine, as `os.networkInterfaces()` returns them. */
export type Interfaces = ReturnType<typeof networkInterfaces>

/** The text that is printed when the server listens: its links, and how to share them. */
export function startupBanner(
  config: Pick<Config, 'host' | 'baseUrl'>,
  port: number,
  interfaces: Interfaces = networkInterfaces(),
): string {
  const links = serverLinks(config, port, interfaces)
  const shareable = links.find((link) => !link.startsWith('http://localhost:'))
  return [
    '',
    `  Snug is running: ${links.join('\n                   ')}`,
    '',
    ...(shareable === undefined
      ? [`  ${unreachableHint(config.host)}`]
      : [
          indent(renderUnicodeCompact(shareable, { border: 1 })),
          '',
          '  Open a room there and send its link to a friend.',
        ]),
    '  Ctrl+C stops it.',
    '',
  ].join('\n')
}

function serverLinks(
  { host, baseUrl }: Pick<Config, 'host' | 'baseUrl'>,
  port: number,
  interfaces: Interfaces,
): string[] {
  if (baseUrl !== undefined) return [baseUrl]
  const link = (address: string) => `http://${isIPv6(address) ? `[${address}]` : address}:${port}`
  const network = (version: 4 | 6) => localNetworkAddresses(interfaces, version).map(link)
  if (host === '0.0.0.0') return [...network(4), link('localhost')]
  if (host === '::') return [...network(4), ...network(6), link('localhost')]
  return [link(isLoopback(host) ? 'localhost' : host)]
}

function localNetworkAddresses(interfaces: Interfaces, version: 4 | 6): string[] {
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(
      ({ internal, family, address }) =>
        !internal && family === `IPv${version}` && !address.startsWith('fe80'),
    )
    .map(({ address }) => address)
}

function unreachableHint(host: string): string {
  return isLoopback(host)
    ? 'Only this computer can open it. To let your local network in: --host 0.0.0.0'
    : 'This computer is not on a network right now: nobody else can open it.'
}

function isLoopback(host: string): boolean {
  return /^(127\.|::1$|localhost$)/.test(host)
}

function indent(block: string): string {
  return block.replace(/^/gm, '  ')
}
