import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { matchRoomPage } from '../../../src/web/rooms/fast-room-route.ts'

type RequestFields = Pick<IncomingMessage, 'method' | 'url' | 'headers'>

function requestFor(
  url: string,
  { method = 'GET', ...headers }: Record<string, string> = {},
): IncomingMessage {
  const request: RequestFields = {
    method,
    url,
    headers: { host: 'chat.example:8000', accept: 'text/html', ...headers },
  }
  return request as IncomingMessage
}

test('a browser’s request for a room’s own address is matched', () => {
  const chromium = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
  for (const [url, headers, room] of [
    ['/r/tea', {}, 'tea'],
    ['/r/tea-at-5', { accept: chromium, cookie: 'snug=x', 'user-agent': 'Mozilla/5.0' }, 'tea-at-5'],
    [`/r/${encodeURIComponent('чай')}`, {}, 'чай'],
    ['/r/tea', { host: '[::1]:8000' }, 'tea'],
    ['/r/tea', { host: 'localhost' }, 'tea'],
  ] as const)
    assert.equal(matchRoomPage(requestFor(url, headers)), room, `${url} ${JSON.stringify(headers)}`)
})

test('any other request is not matched', () => {
  for (const [url, headers] of [
    ['/', {}],
    ['/rooms', {}],
    ['/r/', {}],
    ['/r/tea/log', {}],
    ['/r/tea?around=k3x9.41', {}],
    ['/r/tea#log', {}],
    ['/r/Tea', {}],
    ['/r/tea%20time', {}],
    ['/r/%74ea', {}],
    ['/r/%E0%A4%A', {}],
    [`/r/${'x'.repeat(49)}`, {}],
    ['http://chat.example/r/tea', {}],
    ['/r/tea', { method: 'HEAD' }],
    ['/r/tea', { method: 'POST' }],
    ['/r/tea', { accept: 'application/json' }],
    ['/r/tea', { accept: '*/*' }],
    ['/r/tea', { authorization: 'Bearer x' }],
    ['/r/tea', { 'user-agent': 'Lynx/2.9.0' }],
    ['/r/tea', { host: 'a/b' }],
    ['/r/tea', { host: '' }],
    ['/r/tea', { host: 'a:99999' }],
    ['/r/tea', { host: '[' }],
    ['/r/tea', { host: '256.256.256.256' }],
  ] as const)
    assert.equal(matchRoomPage(requestFor(url, headers)), undefined, `${url} ${JSON.stringify(headers)}`)
})
