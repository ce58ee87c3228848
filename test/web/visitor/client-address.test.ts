import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddressRanges } from '../../../src/config/proxy-flags.ts'
import { clientAddress } from '../../../src/web/visitor/client-address.ts'

/** What a request from there counts for, behind proxies such as these. */
function counted(remoteAddress: string | undefined, forwardedFor?: string, trusted = ''): string {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }
  return clientAddress(parseAddressRanges(trusted))({ socket: { remoteAddress }, headers })
}

/** The same behind a proxy of this machine. */
function forwarded(header: string, trusted = 'loopback'): string {
  return counted('127.0.0.1', header, trusted)
}

test('without a trusted proxy an address is the socket’s, whatever a header says', () => {
  assert.equal(counted('203.0.113.9'), '203.0.113.9')
  assert.equal(counted('203.0.113.9', '1.2.3.4'), '203.0.113.9')
  assert.equal(counted('127.0.0.1', '1.2.3.4'), '127.0.0.1')
  assert.equal(counted('203.0.113.9', '1.2.3.4', 'loopback,10.0.0.0/8'), '203.0.113.9')
})

test('an IPv4 address is the same in the clothes of IPv6', () => {
  for (const same of [
    '::ffff:203.0.113.9',
    '::FFFF:203.0.113.9',
    '::ffff:cb00:7109',
    '0:0:0:0:0:ffff:203.0.113.9',
  ])
    assert.equal(counted(same), '203.0.113.9')
  assert.equal(counted('::ffff:127.0.0.1', '1.2.3.4', 'loopback'), '1.2.3.4')
})

test('all addresses of one /64 are one, and its neighbours are others', () => {
  const home = '2001:db8:0:7::/64'
  for (const same of [
    '2001:db8:0:7::',
    '2001:DB8::7:0:0:0:1',
    '2001:db8:0:7:ffff:ffff:ffff:ffff',
    '2001:0db8:0000:0007::1',
  ])
    assert.equal(counted(same), home)
  for (const other of ['2001:db8:0:8::', '2001:db8::1', '2001:db8:1:7::1'])
    assert.notEqual(counted(other), home)
  assert.equal(counted('::1'), '0:0:0:0::/64')
  assert.equal(counted('1:2:3:4:5:6:7:8'), '1:2:3:4::/64')
  assert.equal(counted('1:2:3::5:6:7:8'), '1:2:3:0::/64')
  assert.equal(counted('::5:6:7:8'), '0:0:0:0::/64')
  assert.equal(counted('fe80::1%eth0'), 'fe80:0:0:0::/64')
})

test('where there is no address, all are one', () => {
  for (const nowhere of [undefined, '', 'localhost', '/run/snug.sock'])
    assert.equal(counted(nowhere, '1.2.3.4', 'loopback'), 'unknown')
})

test('behind a trusted proxy an address is the rightmost that is none', () => {
  assert.equal(forwarded('198.51.100.7'), '198.51.100.7')
  assert.equal(forwarded('1.2.3.4, 198.51.100.7'), '198.51.100.7', 'the client wrote the first itself')
  assert.equal(forwarded('1.2.3.4, 198.51.100.7, 10.0.0.3', 'loopback,private'), '198.51.100.7')
  assert.equal(forwarded('198.51.100.7, 10.0.0.3'), '10.0.0.3', 'the second proxy is not trusted')
  assert.equal(counted('::1', '198.51.100.7', 'loopback'), '198.51.100.7')
  assert.equal(counted('fd00::3', '2001:db8:0:7::1', 'private'), '2001:db8:0:7::/64')
})

test('where all are trusted, it is the farthest; and the proxy’s own where it says nothing', () => {
  assert.equal(forwarded('10.0.0.2, 10.0.0.3', 'loopback,private'), '10.0.0.2')
  assert.equal(forwarded(''), '127.0.0.1')
  assert.equal(counted('127.0.0.1', undefined, 'loopback'), '127.0.0.1')
})

test('hops are read with ports, brackets and blanks, and without what is empty', () => {
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

test('a hop that can’t be read counts for the proxy that told it, and nothing before it is believed', () => {
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

test('a header of nothing but trusted addresses is read so far and no farther', () => {
  const long = `198.51.100.7${', 10.0.0.3'.repeat(2000)}`
  assert.equal(forwarded(long, 'loopback,private'), '10.0.0.3')
})
