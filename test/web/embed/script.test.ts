import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../../support/http/server.ts'

test('every site may load the embed script, and downloads it again only after a change', async (t) => {
  const { url } = await startServer(t)
  const first = await fetch(`${url}/embed.js`)
  assert.equal(first.status, 200)
  assert.match(first.headers.get('Content-Type') ?? '', /^text\/javascript/)
  assert.equal(first.headers.get('Access-Control-Allow-Origin'), '*')
  assert.equal(first.headers.get('Cross-Origin-Resource-Policy'), 'cross-origin')
  assert.equal(first.headers.get('Cache-Control'), 'public, max-age=3600')
  assert.equal(first.headers.getSetCookie().length, 0)
  assert.match(await first.text(), /snug-room/)
  const tag = first.headers.get('ETag') ?? ''
  const unchanged = await fetch(`${url}/embed.js`, { headers: { 'If-None-Match': tag } })
  assert.equal(unchanged.status, 304)
  assert.equal(unchanged.headers.get('Cross-Origin-Resource-Policy'), 'cross-origin')
  const changed = await fetch(`${url}/embed.js`, { headers: { 'If-None-Match': 'W/"another"' } })
  assert.equal(changed.status, 200)
  await changed.body?.cancel()
})
