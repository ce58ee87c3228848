import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../../support/http/server.ts'

test('an address with a slash at its end leads to the one without', async (t) => {
  const { url } = await startServer(t)
  const get = (path: string, method = 'GET') =>
    fetch(url + path, { method, redirect: 'manual', headers: { Accept: 'text/html' } })
  for (const [path, location] of [
    ['/r/tea/', '/r/tea'],
    ['/r/tea//', '/r/tea'],
    ['/r/Tea/', '/r/Tea'],
    ['/r/tea/?around=x.1', '/r/tea?around=x.1'],
    ['/r/%C3%A9/', '/r/%C3%A9'],
    ['/r/tea/people/', '/r/tea/people'],
    ['/r/tea/log/', '/r/tea/log'],
    ['/embed/tea/', '/embed/tea'],
    ['/embed/tea/?theme=dark', '/embed/tea?theme=dark'],
    ['//r/tea', '/r/tea'],
    ['/r//tea', '/r/tea'],
    ['//r//tea//?around=x.1', '/r/tea?around=x.1'],
    ['/r/tea//people', '/r/tea/people'],
    ['//about', '/about'],
    ['/about/', '/about'],
    ['/me/', '/me'],
  ] as const) {
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await get(path, method)
      assert.deepEqual([status, headers.get('Location')], [301, location], `${method} ${path}`)
    }
  }
  const posted = await fetch(`${url}/r/tea/messages/`, {
    method: 'POST',
    body: new URLSearchParams({ text: 'hello' }),
    headers: { Accept: 'application/json' },
  })
  assert.equal(posted.status, 201)
  assert.equal(((await posted.json()) as { text: string }).text, 'hello')
  for (const path of [
    '/nothing/',
    '/r/',
    '/r//',
    '/r/tea/nothing/',
    '/assets/',
    '//evil.example/',
    '//evil.example',
    '///evil.example/..',
    '//',
  ])
    assert.equal((await get(path)).status, 404, path)
})

test('Accept prefers a format only if it names one', async (t) => {
  const { url } = await startServer(t)
  const typeOf = async (accept: string | undefined, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}/r/tea/people`, {
      headers: { ...(accept !== undefined && { Accept: accept }), ...headers },
    })
    return response.headers.get('Content-Type')?.split(';')[0]
  }
  const formats: Readonly<Record<string, string>> = {
    '*/*': 'text/plain',
    '*/*;q=0.8': 'text/plain',
    '*/* ; q=0.1': 'text/plain',
    '*/*, */*;q=0.5': 'text/plain',
    '*': 'text/plain',
    'image/avif,image/webp,*/*;q=0.8': 'text/plain',
    'application/json': 'application/json',
    'application/json, text/plain, */*': 'application/json',
    'APPLICATION/JSON;q=0.3, */*;q=0.9': 'application/json',
    'application/*': 'application/json',
    'text/plain;q=0.2, text/html;q=0.1': 'text/plain',
    'text/*': 'text/html',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8': 'text/html',
    'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2': 'text/html',
    'text/html;q=0, application/json;q=0.5': 'application/json',
    'image/png': 'text/html',
  }
  for (const [accept, type] of Object.entries(formats)) assert.equal(await typeOf(accept), type, accept)
  assert.equal(await typeOf('*/*;q=0.8', { 'Sec-Fetch-Dest': 'empty' }), 'text/html')
  const usage = await fetch(`${url}/r/tea`, { headers: { Accept: '*/*;q=0.8', 'User-Agent': 'curl/8.1' } })
  assert.match(await usage.text(), /^tea, a vanishing room/)
  const page = await fetch(`${url}/r/tea`, {
    headers: { Accept: '*/*;q=0.8', 'User-Agent': 'LinkPreview/1' },
  })
  assert.match(await page.text(), /^<!doctype html>/)
})
