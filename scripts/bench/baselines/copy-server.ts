// Sends the same bytes as another server's page, with its headers, by nothing but `node:http`.
//
//   node copy-server.ts URL      of the page; prints its port

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What `node:http` says of itself. */
const OWN_HEADERS = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'set-cookie'])

const KEEP_ALIVE_MS = 65_000

process.stdin.on('end', () => process.exit()).resume()
const url = process.argv[2] ?? ''
const first = await fetch(url, { headers: { Accept: 'text/html' } })
await first.text()
const cookie = first.headers.get('Set-Cookie') ?? ''
// As somebody gets it who has a session.
const page = await fetch(url, { headers: { Accept: 'text/html', Cookie: cookie.split(';')[0] ?? '' } })
const headers = Object.fromEntries([...page.headers].filter(([name]) => !OWN_HEADERS.has(name)))
const body = await page.text()

const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  if (request.headers.cookie === undefined) response.setHeader('Set-Cookie', cookie)
  response.writeHead(200, headers).end(body)
})
server.listen(0, '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
