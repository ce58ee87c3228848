import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { Bystander } from '../../support/http/bystander.ts'
import { get, openConnection } from '../../support/http/raw-connection.ts'
import { startServer } from '../../support/http/server.ts'
import { waitUntil } from '../../support/http/stalled-reader.ts'

const SOCKETS = 2000

/** The fastest of several: others use the machine, too. */
async function fastest(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < 10; n++) {
    const began = performance.now()
    await run()
    times.push(performance.now() - began)
  }
  return Math.min(...times)
}

test('metrics cost the same with thousands of readers, and count them; posts are as fast as before', async (t) => {
  const { url, streams } = await startServer(t)
  const bystander = new Bystander(t, url)
  const scrape = async () => (await fetch(`${url}/metrics`)).text()
  await scrape()
  const before = await fastest(scrape)
  const sockets: Socket[] = []
  t.after(() => {
    for (const socket of sockets) socket.destroy()
  })
  for (let n = 0; n < SOCKETS; n++) {
    const socket = openConnection(url).resume()
    socket.write(get(n % 2 ? '/r/tea/events' : '/r/tea/live.ndjson'))
    sockets.push(socket)
  }
  await waitUntil(() => streams.size === SOCKETS)
  const metrics = await scrape()
  assert.match(metrics, /^snug_streams\{format="htmx"\} 1000$/m)
  assert.match(metrics, /^snug_streams\{format="ndjson"\} 1000$/m)
  const descriptors = Number(/^process_open_fds (\d+)$/m.exec(metrics)?.[1] ?? SOCKETS)
  assert.ok(descriptors >= SOCKETS)
  assert.doesNotMatch(metrics, /nodejs_active_/)
  const after = await fastest(scrape)
  assert.ok(after < 4 * before + 5, `${before} ms without readers, ${after} ms with them`)
  assert.ok((await bystander.post(20)) < 1000)
  for (const socket of sockets.splice(0)) socket.destroy()
  await waitUntil(() => streams.size === 0)
  assert.match(await scrape(), /^snug_streams\{format="htmx"\} 0$/m)
})

test('a QR code is made once for each link', async (t) => {
  const { url } = await startServer(t)
  const room = encodeURIComponent('ж'.repeat(48))
  const svg = async (path: string) => (await fetch(url + path)).text()
  const code = await svg(`/r/${room}/qr.svg`)
  assert.match(code, /^<svg /)
  assert.equal(await svg(`/r/${room}/qr.svg`), code)
  assert.notEqual(await svg('/r/tea/qr.svg'), code)
})
