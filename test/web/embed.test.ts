import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../support/server.ts'
import { streamAddress, Visitor } from '../support/visitor.ts'

/** The ticket in an embed's page, or in one of its frames. */
function ticketIn(html: string): string {
  const ticket = /[?&;]ticket=([\w-]+)/.exec(html)?.[1]
  assert.ok(ticket, 'This page has no ticket')
  return ticket
}

function nameIn(html: string): string {
  return /class="me">([^<]+)</.exec(html)?.[1] ?? ''
}

/** Somebody without any cookie, in another site's page. */
async function open(url: string, room = 'tea', query = '') {
  const response = await fetch(`${url}/embed/${room}?${query}`)
  const html = await response.text()
  return { response, html, ticket: ticketIn(html), name: nameIn(html) }
}

test('a room stands in another site’s page: with its log, its composer and a link to the whole of it', async (t) => {
  const { url } = await startServer(t)
  const { response, html } = await open(url)
  assert.equal(response.status, 200)
  assert.match(html, /id="log"/)
  assert.match(html, /id="composer"/)
  assert.match(html, /<a class="whole" href="\/r\/tea" target="_blank" rel="noopener"/)
  assert.doesNotMatch(html, /\/settings|action="\/r\//)
})

test('whoever brings an embed’s ticket posts, reads and takes a name without any cookie, from whatever origin', async (t) => {
  const { url } = await startServer(t)
  const { html, ticket } = await open(url)
  const sandboxed = {
    Origin: 'null',
    'Sec-Fetch-Site': 'cross-site',
    'HX-Request': 'true',
    Accept: 'text/html',
  }
  const visitor = new Visitor(url)
  const stream = await visitor.follow(streamAddress(html), { Origin: 'null' })
  const taken = await visitor.post(`/embed/tea/name?ticket=${ticket}`, { name: 'Ada' }, sandboxed)
  assert.equal(taken.status, 200)
  const posted = await visitor.post(`/embed/tea/messages?ticket=${ticket}`, { text: 'from afar' }, sandboxed)
  assert.equal(posted.status, 200)
  assert.equal(posted.headers.get('Access-Control-Allow-Origin'), 'null')
  assert.match((await stream.next(({ data }) => data.includes('from afar'))).data, /<bdi>Ada<\/bdi>/)
})
