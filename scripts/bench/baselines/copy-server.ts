// Sends the body and headers of another server's page with bare `node:http`.
//
//   node copy-server.ts URL      the page to copy; prints its own URL

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Headers that `node:http` adds itself, and the cookie, which is sent to new visitors only. */
const OWN_HEADERS = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'set-cookie'])

const KEEP_ALIVE_MS = 65_000

process.stdin.on('end', () => process.exit()).resume()
const url = process.argv[2] ?? ''
const newVisit = await fetch(url, { headers: { Accept: 'text/html' } })
await newVisit.text()
const cookie = newVisit.headers.get('Set-Cookie') ?? ''
// The page for a visitor with a session.
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
