import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { BODIES, OVERSIZED_BODIES } from '../../../src/web/http/body-quota.ts'
import { Bystander } from '../../support/http/bystander.ts'
import { exchange, openConnection } from '../../support/http/raw-connection.ts'
import { startServer } from '../../support/http/server.ts'
import { waitUntil } from '../../support/http/stalled-reader.ts'

function head(length: number, connection = 'keep-alive'): string {
  return `POST /r/tea/messages HTTP/1.1\r\nHost: localhost\r\nConnection: ${connection}\r\nAccept: application/json\r\nContent-Type: text/plain\r\nContent-Length: ${length}\r\n\r\n`
}

/** Sends all but the last byte of many posts, and waits until each was received or answered. */
async function sendAlmostAll(t: TestContext, url: string, count: number, length: number): Promise<string[]> {
  const answers: string[] = []
  const clients: Socket[] = []
  for (let n = 0; n < count; n++) {
    const client = openConnection(url).setEncoding('utf8')
    answers.push('')
    client.on('data', (data) => {
      answers[n] = `${answers[n]}${data}`
    })
    client.write(head(length) + 'x'.repeat(length - 1))
    clients.push(client)
  }
  t.after(() => {
    for (const client of clients) client.destroy()
  })
  await waitUntil(() => clients.every((client, n) => client.writableLength === 0 || answers[n] !== ''))
  return answers
}

test('posts that lack their last byte hold little memory in all, and others notice nothing', async (t) => {
  const { url } = await startServer(t)
  const bystander = new Bystander(t, url)
  const length = 260_000
  const answers = await sendAlmostAll(t, url, 300, length)
  assert.ok((await bystander.post(20)) < 1000)
  const kept = Math.floor(OVERSIZED_BODIES.address / length)
  await waitUntil(() => answers.filter((answer) => answer !== '').length >= 300 - kept)
  assert.equal(answers.filter((answer) => answer === '').length, kept)
  for (const answer of answers) if (answer !== '') assert.match(answer, /^HTTP\/1\.1 413 /)
})

test('more small posts than one address may have under way get 503, and posts of others are accepted', async (t) => {
  const { url } = await startServer(t)
  const bystander = new Bystander(t, url)
  const answers = await sendAlmostAll(t, url, 600, 16 * 1024)
  const kept = BODIES.address / (16 * 1024)
  await waitUntil(() => answers.filter((answer) => answer !== '').length >= 600 - kept)
  assert.ok((await bystander.post(20)) < 1000)
  for (const answer of answers.filter((text) => text !== '')) {
    assert.match(answer, /^HTTP\/1\.1 503 /)
    assert.match(answer, /\r\nretry-after: 1\r\n/i)
    assert.match(answer, /Too much is being sent just now/)
  }
})

test('memory for a body is free again when its post was answered or its sender left', async (t) => {
  const { url } = await startServer(t)
  for (let n = 0; n < 20; n++) {
    const answer = await exchange(url, head(260_000, 'close') + 'x'.repeat(260_000))
    assert.match(answer, /^HTTP\/1\.1 413 /)
    const client = openConnection(url)
    client.write(head(200_000) + 'x'.repeat(1000))
    await new Promise((resolve) => client.once('connect', resolve))
    client.resetAndDestroy()
  }
  const large = await exchange(url, head(20_000, 'close') + 'typed'.repeat(4000))
  assert.match(large, /^HTTP\/1\.1 413 /)
})

test('the body of a request that has none is not kept', async (t) => {
  const { url } = await startServer(t)
  const received = await exchange(
    url,
    `GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 500000\r\n\r\n${'x'.repeat(500_000)}`,
  )
  assert.match(received, /^HTTP\/1\.1 200 /)
})
