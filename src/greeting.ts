import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { renderUnicodeCompact } from 'uqr'
import type { Config } from './config.ts'

/** What is printed once the server listens: its links, and how to share them. */
export function greeting(config: Pick<Config, 'host' | 'baseUrl'>, port: number): string {
  const links = linksTo(config, port)
  const lines = ['', `  Snug is running: ${links.join('\n                   ')}`, '']
  if (config.baseUrl !== undefined || isReachable(config.host)) {
    const link = links.find((candidate) => !candidate.includes('//localhost')) ?? links[0] ?? ''
    lines.push(
      indent(renderUnicodeCompact(link, { border: 1 })),
      '',
      '  Open a room there and send its link to a friend.',
    )
  } else {
    lines.push('  Only this computer can open it. To let your local network in: --host 0.0.0.0')
  }
  lines.push('  Ctrl+C stops it.', '')
  return lines.join('\n')
}

function linksTo({ host, baseUrl }: Pick<Config, 'host' | 'baseUrl'>, port: number): string[] {
  if (baseUrl !== undefined) return [baseUrl]
  const link = (address: string) => `http://${isIPv6(address) ? `[${address}]` : address}:${port}`
  if (host === '0.0.0.0') return [...localNetwork(4).map(link), link('localhost')]
  if (host === '::') return [...localNetwork(4).map(link), ...localNetwork(6).map(link), link('localhost')]
  return [link(host === '127.0.0.1' || host === '::1' ? 'localhost' : host)]
}

function localNetwork(version: 4 | 6): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(
      ({ internal, family, address }) =>
        !internal && family === `IPv${version}` && !address.startsWith('fe80'),
    )
    .map(({ address }) => address)
}

function isReachable(host: string): boolean {
  return !/^(127\.|::1$|localhost$)/.test(host)
}

function indent(block: string): string {
  return block.replace(/^/gm, '  ')
}
