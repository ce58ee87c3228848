import assert from 'node:assert/strict'
import { request } from 'node:http'
import { networkInterfaces } from 'node:os'
import { type TestContext, test } from 'node:test'
import { Visitor } from '../support/http/visitor.ts'
import { SnugProcess } from '../support/process/snug-process.ts'

/** An address of this machine's own that is not loopback; a browser gives pages from there no secure context. */
const ownAddress = Object.values(networkInterfaces())
  .flatMap((cards) => cards ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address
const skip = ownAddress === undefined && 'this machine has no address but loopback'

async function startOpen(t: TestContext): Promise<string> {
  const snug = await SnugProcess.start(t, { args: ['--port', '0', '--host', '0.0.0.0'] })
  return snug.url.replace('127.0.0.1', ownAddress ?? '')
}

/** Posts with headers that `fetch` would not let through; resolves with the status. */
function rawPost(url: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}/r/lobby/messages`, { method: 'POST', headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode))
    })
      .once('error', reject)
      .end('text=hello')
  })
}

test('two people chat over plain http on the local network', { skip }, async (t) => {
  const url = await startOpen(t)
  const [ada, ben] = [new Visitor(url), new Visitor(url)]
  const [hers, his] = [await ada.enter('lobby'), await ben.enter('lobby')]
  assert.match(ada.cookie, /^snug=/, 'over http a cookie must not ask for https')

  assert.equal((await ada.post('/r/lobby/messages', { text: 'hello Ben' })).status, 303)
  assert.equal((await ben.post('/r/lobby/messages', { text: 'hello Ada' })).status, 303)
  for (const stream of [hers, his]) {
    await stream.next(({ data }) => data.includes('hello Ben'))
    await stream.next(({ data }) => data.includes('hello Ada'))
  }
  await Promise.all([hers.close(), his.close()])
})

test('the link to share is the one that the page was opened by', { skip }, async (t) => {
  const url = await startOpen(t)
  const page = await (await new Visitor(url).get('/r/lobby')).text()
  assert.ok(page.includes(`value="${url}/r/lobby"`), page)
})

test('a foreign page, and a foreign name that points here, can’t post', { skip }, async (t) => {
  const url = await startOpen(t)
  const { host, port } = new URL(url)
  const form = { Accept: 'text/html', 'Content-Type': 'application/x-www-form-urlencoded' }
  const from = (origin: string, as: string) => rawPost(url, { ...form, Origin: origin, Host: as })

  assert.equal(await from(url, host), 303, 'its own page')
  assert.equal(await from('http://evil.example', host), 403)
  assert.equal(await from(`http://rebound.example:${port}`, `rebound.example:${port}`), 403)
  assert.equal(await from('null', host), 403, 'a sandboxed page has no origin')
})
