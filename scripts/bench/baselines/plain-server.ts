// The plain loop that Snug is compared with: `node:http`, and for each message a loop over all responses. It joins no
// writes, bounds no buffers and cuts no slow readers.
//
//   node plain-server.ts BYTES      size of one frame on the wire; prints its URL

import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { formatBaselinePage, ROOM_PATH } from '../load/page.ts'

// Exits with the benchmark, which holds the other end of standard input.
process.stdin.on('end', () => process.exit()).resume()
const frameBytes = Number(process.argv[2])
// `node:http` adds the size of the chunk in hexadecimal, and two line breaks.
const payloadBytes = frameBytes - frameBytes.toString(16).length - 4
const subscribers = new Set<ServerResponse>()
let posted = 0

function encodeFrame(text: string): Buffer {
  const head = `id: ${++posted}\ndata: ${text}`
  return Buffer.from(`${head.padEnd(payloadBytes - 2, '.')}\n\n`)
}

// Longer than any pause between posts, so that no idle connection closes just as it is reused.
const KEEP_ALIVE_MS = 65_000

const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  if (request.method === 'POST') {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const bytes = encodeFrame(new URLSearchParams(body).get('text') ?? '')
      for (const subscriber of subscribers) subscriber.write(bytes)
      response.writeHead(303, { Location: ROOM_PATH, 'Content-Length': 0 }).end()
    })
  } else if (request.url?.startsWith(`${ROOM_PATH}/events`)) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.flushHeaders()
    subscribers.add(response)
    response.on('close', () => subscribers.delete(response))
  } else {
    response
      .writeHead(200, { 'Content-Type': 'text/html', 'Set-Cookie': 'plain=1; Path=/' })
      .end(formatBaselinePage())
  }
})

server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
