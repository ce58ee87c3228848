import assert from 'node:assert/strict'
import type { NetworkInterfaceInfo } from 'node:os'
import { test } from 'node:test'
import { encode } from 'uqr'
import { type Interfaces, startupBanner } from '../../src/server/startup-banner.ts'

const QR_BORDER = 1

function networkAddress(address: string, internal = false): NetworkInterfaceInfo {
  const rest = { address, internal, netmask: '', mac: '', cidr: null }
  return address.includes(':') ? { ...rest, family: 'IPv6', scopeid: 0 } : { ...rest, family: 'IPv4' }
}

const MACHINE: Interfaces = {
  lo: [networkAddress('127.0.0.1', true), networkAddress('::1', true)],
  eth0: [networkAddress('192.168.1.20'), networkAddress('fd00::20'), networkAddress('fe80::1')],
  wifi: [networkAddress('10.0.0.20')],
}
const ALONE: Interfaces = { lo: [networkAddress('127.0.0.1', true)], gone: undefined }

const links = (text: string) => text.match(/https?:\/\/\S+/g)

/** Reads the QR code in a text, row by row; true is a dark module. A character has two modules, one above the other. */
function readCode(text: string): boolean[][] {
  const lines = text.split('\n').filter((line) => /[█▀▄]/.test(line))
  const size = lines[0]?.trim().length ?? 0
  const light = ['█▀', '█▄']
  return Array.from({ length: size }, (_, y) =>
    [...(lines[y >> 1]?.slice(2) ?? '')].map((character) => !light[y % 2]?.includes(character)),
  )
}

test('by default the only link is for this computer, with a hint on how to let others in', () => {
  for (const host of ['127.0.0.1', '::1', 'localhost', '127.0.0.9']) {
    const text = startupBanner({ host, baseUrl: undefined }, 8000, MACHINE)
    assert.deepEqual(links(text), ['http://localhost:8000'])
    assert.match(text, /Only this computer can open it\. .*--host 0\.0\.0\.0/)
    assert.doesNotMatch(text, /[█▀▄]/)
  }
})

test('--host 0.0.0.0 prints the links of the local network first', () => {
  const text = startupBanner({ host: '0.0.0.0', baseUrl: undefined }, 8123, MACHINE)
  assert.deepEqual(links(text), [
    'http://192.168.1.20:8123',
    'http://10.0.0.20:8123',
    'http://localhost:8123',
  ])
  assert.match(text, /send its link to a friend/)
})

test('--host :: prints IPv4 and IPv6 links, IPv6 in brackets, and no link-local address', () => {
  assert.deepEqual(links(startupBanner({ host: '::', baseUrl: undefined }, 8000, MACHINE)), [
    'http://192.168.1.20:8000',
    'http://10.0.0.20:8000',
    'http://[fd00::20]:8000',
    'http://localhost:8000',
  ])
})

test('a server on one address prints that one link', () => {
  const link = (host: string) => links(startupBanner({ host, baseUrl: undefined }, 80, MACHINE))
  assert.deepEqual(link('192.168.1.20'), ['http://192.168.1.20:80'])
  assert.deepEqual(link('fd00::20'), ['http://[fd00::20]:80'])
})

test('a base URL is the only link, wherever Snug listens', () => {
  for (const host of ['127.0.0.1', '0.0.0.0']) {
    const text = startupBanner({ host, baseUrl: 'https://chat.example' }, 8000, MACHINE)
    assert.deepEqual(links(text), ['https://chat.example'])
    assert.match(text, /[█▀▄]/)
  }
})

test('a machine without a network prints no QR code: nobody else could open the link', () => {
  const text = startupBanner({ host: '0.0.0.0', baseUrl: undefined }, 8000, ALONE)
  assert.deepEqual(links(text), ['http://localhost:8000'])
  assert.doesNotMatch(text, /[█▀▄]/)
  assert.match(text, /not on a network/)
})

test('the QR code has the first link, complete and with a light border', () => {
  const code = readCode(startupBanner({ host: '0.0.0.0', baseUrl: undefined }, 8000, MACHINE))
  const size = code.length - 2 * QR_BORDER
  assert.equal((size - 17) % 4, 0, 'a QR code has 17 + 4n modules a side')
  assert.ok(code.every((row) => row.length === code.length))

  const edge = [...(code[0] ?? []), ...(code.at(-1) ?? []), ...code.flatMap((row) => [row[0], row.at(-1)])]
  assert.ok(!edge.includes(true), 'the edge must be light')

  const inner = code.slice(QR_BORDER, -QR_BORDER).map((row) => row.slice(QR_BORDER, -QR_BORDER))
  const corner = (x: number, y: number) => inner.slice(y, y + 7).map((row) => row.slice(x, x + 7))
  const finder = Array.from({ length: 7 }, (_, y) =>
    Array.from({ length: 7 }, (_, x) => Math.max(Math.abs(x - 3), Math.abs(y - 3)) !== 2),
  )
  assert.deepEqual(corner(0, 0), finder)
  assert.deepEqual(corner(size - 7, 0), finder)
  assert.deepEqual(corner(0, size - 7), finder)
  assert.deepEqual(inner, encode('http://192.168.1.20:8000', { border: 0 }).data)
})
