import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Visitor } from '../support/http/visitor.ts'
import { SnugProcess } from '../support/process/snug-process.ts'

/** Three times what a member may post at once. */
const POSTS = 60

/** What becomes of many posts that one member sends at once. */
async function postAtOnce(url: string): Promise<Response[]> {
  const ada = new Visitor(url)
  await ada.get('/r/tea')
  const post = (_: unknown, number: number) =>
    ada.post('/r/tea/messages', { text: `${number}` }, { Accept: 'application/json' })
  return Promise.all(Array.from({ length: POSTS }, post))
}

test('as it comes, a member’s first twenty posts are taken, and more must wait a second or two', async (t) => {
  const { url } = await SnugProcess.start(t)
  const answers = await postAtOnce(url)
  const refused = answers.filter(({ status }) => status === 429)
  const taken = answers.filter(({ status }) => status === 201)
  assert.equal(taken.length + refused.length, POSTS)
  assert.ok(taken.length >= 20 && refused.length > 0, `${taken.length} were taken`)
  for (const { headers } of refused) assert.match(headers.get('Retry-After') ?? '', /^[12]$/)
})

test('without limits all are taken', async (t) => {
  const { url } = await SnugProcess.start(t, { env: { SNUG_LIMITS: 'off' } })
  for (const { status } of await postAtOnce(url)) assert.equal(status, 201)
})
