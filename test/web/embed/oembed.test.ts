import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const fetchOEmbed = (url: string, query: Record<string, string>, headers = {}) =>
  fetch(`${url}/oembed?${new URLSearchParams(query)}`, { headers })

test('WordPress gets the HTML of its own embeds, and nobody else does', async (t) => {
  const { url } = await startServer(t)
  const htmlFor = async (userAgent: string, query = {}) => {
    const response = await fetchOEmbed(url, { url: `${url}/r/tea`, ...query }, { 'User-Agent': userAgent })
    assert.match(response.headers.get('Vary') ?? '', /User-Agent/)
    return ((await response.json()) as { html: string }).html
  }
  const secrets = new Set<string>()
  for (const version of ['6.1.9', '6.8']) {
    const html = await htmlFor(`WordPress/${version}; https://blog.example`, { maxheight: '300' })
    const secret = /data-secret="([a-zA-Z0-9]{10})"/.exec(html)?.[1] ?? ''
    secrets.add(secret)
    assert.ok(
      html.startsWith(
        `<blockquote class="wp-embedded-content" data-secret="${secret}"><a href="${url}/r/tea">tea</a></blockquote>`,
      ),
      html,
    )
    assert.match(
      html,
      new RegExp(`src="${url}/embed/tea#\\?secret=${secret}"[^>]* width="100%" height="300"`),
    )
  }
  assert.equal(secrets.size, 2)
  for (const userAgent of ['Ghost(https://github.com/TryGhost/Ghost)', 'Discourse Forum Onebox v3', 'curl/8'])
    assert.match(await htmlFor(userAgent), /^<iframe (?!.*(?:secret|wp-embedded)).*<\/iframe>$/)
})

test('the oEmbed response for a room is a frame that fits the requested size', async (t) => {
  const { url } = await startServer(t)
  const response = await fetchOEmbed(url, { url: `${url}/r/tea` })
  assert.match(response.headers.get('Content-Type') ?? '', /^application\/json/)
  assert.deepEqual(response.headers.getSetCookie(), [])
  const { html, ...rest } = (await response.json()) as { html: string }
  assert.deepEqual(rest, {
    version: '1.0',
    type: 'rich',
    title: 'tea',
    provider_name: 'Snug',
    provider_url: url,
    width: 640,
    height: 480,
  })
  assert.match(html, new RegExp(`^<iframe src="${url}/embed/tea" title="Chat: tea" width="640" height="480"`))
  const small = await fetchOEmbed(url, {
    url: `${url}/r/tea`,
    maxwidth: '300',
    maxheight: '200',
    format: 'json',
  })
  const {
    width,
    height,
    html: frame,
  } = (await small.json()) as { width: number; height: number; html: string }
  assert.deepEqual([width, height], [300, 200])
  assert.match(frame, /width="300" height="200"/)
  const odd = await fetchOEmbed(url, { url: `${url}/r/tea`, maxwidth: '-1', maxheight: '"><b>' })
  assert.equal(((await odd.json()) as { width: number }).width, 640)
})

test('the response is available as JSON and XML, and in no other format', async (t) => {
  const { url } = await startServer(t)
  const xml = await fetchOEmbed(url, { url: `${url}/r/b%C3%BCro`, format: 'xml' })
  assert.match(xml.headers.get('Content-Type') ?? '', /^text\/xml/)
  const body = await xml.text()
  assert.match(
    body,
    /^<\?xml version="1\.0" encoding="utf-8" standalone="yes"\?>\n<oembed><version>1\.0<\/version>/,
  )
  assert.match(body, /<title>büro<\/title>/)
  assert.match(body, /<html>&lt;iframe src=&quot;http:[^<]*\/embed\/b%C3%BCro&quot;/)
  assert.equal((await fetchOEmbed(url, { url: `${url}/r/tea`, format: 'yaml' })).status, 501)
})

test('the URL of anything but a room of this server gets 404', async (t) => {
  const { url } = await startServer(t)
  const others = ['', 'tea', '/r/tea', `${url}/`, `${url}/me`, `${url}/r/%20`, `${url}/r/tea/settings`]
  for (const address of [
    ...others,
    'https://other.example/r/tea',
    `${url}.evil.example/r/tea`,
    'javascript:1',
  ])
    assert.equal((await fetchOEmbed(url, { url: address })).status, 404, address)
  assert.equal((await fetch(`${url}/oembed`)).status, 404)
})

test('a room that no site may embed, or that was deleted, gets 404', async (t) => {
  const { url } = await startServer(t)
  const owner = new Visitor(url)
  await makeKeptRoom(owner)
  assert.equal((await fetchOEmbed(url, { url: `${url}/r/tea` })).status, 200)
  await owner.post('/r/tea/embedding', { origins: 'none' })
  assert.equal((await fetchOEmbed(url, { url: `${url}/r/tea` })).status, 404)
  await owner.post('/r/tea/delete', { confirm: 'tea' })
  assert.equal((await fetchOEmbed(url, { url: `${url}/r/tea` })).status, 404)
})

test('a room’s page links to its oEmbed responses and has Open Graph metadata', async (t) => {
  const { url } = await startServer(t, { baseUrl: 'https://chat.example' })
  const html = await (await new Visitor(url).get('/r/tea')).text()
  const found = (pattern: RegExp) => pattern.exec(html)?.[1]?.replaceAll('&amp;', '&')
  const link = encodeURIComponent('https://chat.example/r/tea')
  const oembed = (type: string) => found(new RegExp(`<link rel="alternate" type="${type}" href="([^"]+)"`))
  assert.equal(oembed('application/json\\+oembed'), `https://chat.example/oembed?url=${link}&format=json`)
  assert.equal(oembed('text/xml\\+oembed'), `https://chat.example/oembed?url=${link}&format=xml`)
  const og = (name: string) => found(new RegExp(`<meta property="og:${name}" content="([^"]+)"`))
  assert.deepEqual(['title', 'type', 'site_name', 'url'].map(og), [
    'tea',
    'website',
    'Snug',
    'https://chat.example/r/tea',
  ])
  assert.match(og('image') ?? '', /^https:\/\/chat\.example\/assets\/\w+\/icon-512\.png$/)
  const response = await fetchOEmbed(url, { url: 'https://chat.example/r/tea' })
  assert.match(
    ((await response.json()) as { html: string }).html,
    /src="https:\/\/chat\.example\/embed\/tea"/,
  )
})
