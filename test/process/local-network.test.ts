import assert from 'node:assert/strict'
import { request } from 'node:http'
import { networkInterfaces } from 'node:os'
import { type TestContext, test } from 'node:test'
import { Visitor } from '../support/http/visitor.ts'
import { SnugProcess } from '../support/process/snug-process.ts'

/** An address of this machine that is not loopback. For browsers, pages from there are not in a secure context. */
const ownAddress = Object.values(networkInterfaces())
  .flatMap((cards) => cards ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address
const skip = ownAddress === undefined && 'this machine has no address but loopback'

async function startOpen(t: TestContext): Promise<string> {
  const snug = await SnugProcess.start(t, { args: ['--port', '0', '--host', '0.0.0.0'] })
  return snug.url.replace('127.0.0.1', ownAddress ?? '')
}

/**
 * Posts with headers that `fetch` does not allow.
 * @returns the status
 */
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
  assert.match(ada.cookie, /^snug\./, 'over http a cookie must not ask for https')

  assert.equal((await ada.post('/r/lobby/messages', { text: 'hello Ben' })).status, 303)
  assert.equal((await ben.post('/r/lobby/messages', { text: 'hello Ada' })).status, 303)
  for (const stream of [hers, his]) {
    await stream.next(({ data }) => data.includes('hello Ben'))
    await stream.next(({ data }) => data.includes('hello Ada'))
  }
  await Promise.all([hers.close(), his.close()])
})

test('the link to share has the address that the page was opened with', { skip }, async (t) => {
  const url = await startOpen(t)
  const page = await (await new Visitor(url).get('/r/lobby')).text()
  assert.ok(page.includes(`value="${url}/r/lobby"`), page)
})

test('pages of other origins can’t post, nor can a foreign host name that points to this server', {
  skip,
}, async (t) => {
  const url = await startOpen(t)
  const { host, port } = new URL(url)
  const form = { Accept: 'text/html', 'Content-Type': 'application/x-www-form-urlencoded' }
  const postFrom = (origin: string, hostHeader: string) =>
    rawPost(url, { ...form, Origin: origin, Host: hostHeader })

  assert.equal(await postFrom(url, host), 303, 'its own page')
  assert.equal(await postFrom('http://evil.example', host), 403)
  assert.equal(await postFrom(`http://rebound.example:${port}`, `rebound.example:${port}`), 403)
  assert.equal(await postFrom('null', host), 403, 'a sandboxed page has no origin')
})
