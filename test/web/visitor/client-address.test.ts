import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddressRanges } from '../../../src/config/proxy-flags.ts'
import { clientAddress } from '../../../src/web/visitor/client-address.ts'

/** The address that a request counts for, with these trusted proxies. */
function addressOf(remoteAddress: string | undefined, forwardedFor?: string, trusted = ''): string {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }
  return clientAddress(parseAddressRanges(trusted))({ socket: { remoteAddress }, headers })
}

/** The same for a request through a proxy on this machine. */
function forwarded(header: string, trusted = 'loopback'): string {
  return addressOf('127.0.0.1', header, trusted)
}

test('without a trusted proxy the address is the socket’s, whatever the header contains', () => {
  assert.equal(addressOf('203.0.113.9'), '203.0.113.9')
  assert.equal(addressOf('203.0.113.9', '1.2.3.4'), '203.0.113.9')
  assert.equal(addressOf('127.0.0.1', '1.2.3.4'), '127.0.0.1')
  assert.equal(addressOf('203.0.113.9', '1.2.3.4', 'loopback,10.0.0.0/8'), '203.0.113.9')
})

test('an IPv4-mapped IPv6 address counts as the IPv4 address', () => {
  for (const same of [
    '::ffff:203.0.113.9',
    '::FFFF:203.0.113.9',
    '::ffff:cb00:7109',
    '0:0:0:0:0:ffff:203.0.113.9',
  ])
    assert.equal(addressOf(same), '203.0.113.9')
  assert.equal(addressOf('::ffff:127.0.0.1', '1.2.3.4', 'loopback'), '1.2.3.4')
})

test('all addresses of one /64 count as one, and neighbouring networks do not', () => {
  const home = '2001:db8:0:7::/64'
  for (const same of [
    '2001:db8:0:7::',
    '2001:DB8::7:0:0:0:1',
    '2001:db8:0:7:ffff:ffff:ffff:ffff',
    '2001:0db8:0000:0007::1',
  ])
    assert.equal(addressOf(same), home)
  for (const other of ['2001:db8:0:8::', '2001:db8::1', '2001:db8:1:7::1'])
    assert.notEqual(addressOf(other), home)
  assert.equal(addressOf('::1'), '0:0:0:0::/64')
  assert.equal(addressOf('1:2:3:4:5:6:7:8'), '1:2:3:4::/64')
  assert.equal(addressOf('1:2:3::5:6:7:8'), '1:2:3:0::/64')
  assert.equal(addressOf('::5:6:7:8'), '0:0:0:0::/64')
  assert.equal(addressOf('fe80::1%eth0'), 'fe80:0:0:0::/64')
})

test('all requests without an address count as one', () => {
  for (const nowhere of [undefined, '', 'localhost', '/run/snug.sock'])
    assert.equal(addressOf(nowhere, '1.2.3.4', 'loopback'), 'unknown')
})

test('behind a trusted proxy the address is the rightmost hop that is not a trusted proxy', () => {
  assert.equal(forwarded('198.51.100.7'), '198.51.100.7')
  assert.equal(forwarded('1.2.3.4, 198.51.100.7'), '198.51.100.7', 'the client can have written the first')
  assert.equal(forwarded('1.2.3.4, 198.51.100.7, 10.0.0.3', 'loopback,private'), '198.51.100.7')
  assert.equal(forwarded('198.51.100.7, 10.0.0.3'), '10.0.0.3', 'the second proxy is not trusted')
  assert.equal(addressOf('::1', '198.51.100.7', 'loopback'), '198.51.100.7')
  assert.equal(addressOf('fd00::3', '2001:db8:0:7::1', 'private'), '2001:db8:0:7::/64')
})

test('if all hops are trusted, the address is the farthest one; without hops it is the proxy’s own', () => {
  assert.equal(forwarded('10.0.0.2, 10.0.0.3', 'loopback,private'), '10.0.0.2')
  assert.equal(forwarded(''), '127.0.0.1')
  assert.equal(addressOf('127.0.0.1', undefined, 'loopback'), '127.0.0.1')
})

test('hops can have ports, brackets and blanks, and empty ones are skipped', () => {
  for (const hop of [
    '198.51.100.7:4711',
    ' 198.51.100.7 ',
    '::ffff:198.51.100.7',
    '[::ffff:198.51.100.7]:80',
    '198.51.100.7,',
    ',,198.51.100.7, ,',
  ])
    assert.equal(forwarded(hop), '198.51.100.7', hop)
  for (const hop of [
    '2001:db8:0:7::1',
    '[2001:db8:0:7::1]',
    '[2001:db8:0:7::1]:443',
    '[2001:db8:0:7::1%en0]:443',
    '2001:DB8:0:7::1%en0',
  ])
    assert.equal(forwarded(hop), '2001:db8:0:7::/64', hop)
})

test('an unreadable hop counts as the proxy that added it, and the hops before it are ignored', () => {
  for (const garbage of [
    'unknown',
    '_hidden',
    'unix:',
    '999.1.1.1',
    '1.2.3',
    '0x7f.1',
    '01.2.3.4',
    '[',
    '[]:80',
    ':::',
    '1.2.3.4:x',
    '1.2.3.4:123456',
    '[1.2.3.4',
    '2001:db8::1]:80',
    '"1.2.3.4"',
    '1.2.3.4 5.6.7.8',
    '١.٢.٣.٤',
    '%',
    '-'.repeat(9000),
  ])
    assert.equal(forwarded(`198.51.100.7, ${garbage}`), '127.0.0.1', garbage)
  assert.equal(forwarded('198.51.100.7, garbage, 10.0.0.3', 'loopback,private'), '10.0.0.3')
})

test('a header with only trusted addresses is read up to a limit', () => {
  const long = `198.51.100.7${', 10.0.0.3'.repeat(2000)}`
  assert.equal(forwarded(long, 'loopback,private'), '10.0.0.3')
})
