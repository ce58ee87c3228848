// The cost of libraries for realtime messages: each message goes to each reader as the library does it.
//
//   node peer-server.ts NAME FOLDER BYTES      library, folder where it is installed, size of one frame; prints its URL

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { formatBaselinePage, type Protocol, ROOM_PATH } from '../load/page.ts'
import { LIBRARIES, type LibraryResponse, OVERHEAD_BYTES, parseLibrary } from './libraries.ts'

const KEEP_ALIVE_MS = 65_000

process.stdin.on('end', () => process.exit()).resume()
const [name = '', folder = '', bytes = ''] = process.argv.slice(2)
const library = parseLibrary(name)
const protocol: Protocol = library === 'better-sse' ? 'sse' : library === 'ws' ? 'websocket' : 'socket.io'
const page = formatBaselinePage(protocol)

const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, handleRequest)
const { publish, stream } = LIBRARIES[library](folder, server)

function handleRequest(request: IncomingMessage, response: ServerResponse): void {
  if (request.method === 'POST') handlePost(request, response)
  else if (request.url?.startsWith(`${ROOM_PATH}/events`)) stream(request, response)
  else if (request.url?.startsWith(ROOM_PATH)) {
    response.writeHead(200, { 'Content-Type': 'text/html', 'Set-Cookie': 'peer=1; Path=/' }).end(page)
  }
}

function handlePost(request: IncomingMessage, response: LibraryResponse): void {
  let body = ''
  request.setEncoding('utf8').on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    publish(
      (new URLSearchParams(body).get('text') ?? '').padEnd(Number(bytes) - OVERHEAD_BYTES[library], '.'),
    )
    response.writeHead(303, { Location: ROOM_PATH, 'Content-Length': 0 }).end()
  })
}

server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
