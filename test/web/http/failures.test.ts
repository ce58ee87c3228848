import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

test('P3: a bug is answered with 500 and a sentence; the log has the error but not the text', async (t) => {
  const server = await startServer(t)
  const visitor = new Visitor(server.url)
  const broken = t.mock.method(Date.prototype, 'toISOString', () => {
    throw new Error('planted')
  })
  const json = await visitor.post('/r/tea/messages', { text: 'canary-1' }, { Accept: 'application/json' })
  broken.mock.restore()
  assert.equal(json.status, 500)
  assert.match(await json.text(), /"code":"bug","message":"Something went wrong on our side/)
  assert.match(server.logged(), /planted/)
  assert.doesNotMatch(server.logged(), /canary-1/)
})
