import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Visitor } from '../support/http/visitor.ts'
import { SnugProcess } from '../support/process/snug-process.ts'

/** Three times as many as a member may post at once. */
const POSTS = 60

/** Sends many posts of one member at once. */
async function postAtOnce(url: string): Promise<Response[]> {
  const ada = new Visitor(url)
  await ada.get('/r/tea')
  const post = (_: unknown, number: number) =>
    ada.post('/r/tea/messages', { text: `${number}` }, { Accept: 'application/json' })
  return Promise.all(Array.from({ length: POSTS }, post))
}

test('by default a member’s first twenty posts are accepted, and others must wait one or two seconds', async (t) => {
  const { url } = await SnugProcess.start(t)
  const responses = await postAtOnce(url)
  const refused = responses.filter(({ status }) => status === 429)
  const accepted = responses.filter(({ status }) => status === 201)
  assert.equal(accepted.length + refused.length, POSTS)
  assert.ok(accepted.length >= 20 && refused.length > 0, `${accepted.length} were accepted`)
  for (const { headers } of refused) assert.match(headers.get('Retry-After') ?? '', /^[12]$/)
})

test('all posts are accepted without limits', async (t) => {
  const { url } = await SnugProcess.start(t, { env: { SNUG_LIMITS: 'off' } })
  for (const { status } of await postAtOnce(url)) assert.equal(status, 201)
})
