import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../../support/http/server.ts'
import { findStreamAddress, Visitor } from '../../support/http/visitor.ts'

async function tagIn(visitor: Visitor, room: string): Promise<string> {
  const html = await (await visitor.get(`/r/${room}`)).text()
  const tag = /data-own-tag="([a-z0-9]{10})"/.exec(html)?.[1]
  assert.ok(tag)
  return tag
}

test('a member who left a room can’t be recognised after coming back', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  const before = await tagIn(ada, 'tea')
  assert.equal(await tagIn(ada, 'tea'), before)
  const { member } = await cookieParts(ada)
  const left = await ada.post('/r/tea/leave', {})
  assert.deepEqual([left.status, left.headers.get('Location')], [303, '/'])
  assert.equal(left.headers.getSetCookie().length, 1)
  const after = await tagIn(ada, 'tea')
  assert.notEqual(after, before)
  assert.deepEqual(await cookieParts(ada), { member, tagVersion: '1' }, 'still the same session')
})

test('leaving one room does not disturb another one', async (t) => {
  const { url } = await startServer(t)
  const ada = new Visitor(url)
  const milk = findStreamAddress(await (await ada.get('/r/milk')).text())
  await ada.post('/r/tea/leave', {})
  await ada.post('/r/milk/messages', { text: 'one' })
  const stream = await ada.follow(milk)
  await stream.next(({ data }) => data.includes('one'))
  await stream.close()
})

async function cookieParts({ cookie }: Visitor): Promise<{ member: string; tagVersion: string }> {
  const [member = '', tagVersion = ''] = cookie.replace(/^[^=]*=/, '').split('.')
  return { member, tagVersion }
}
