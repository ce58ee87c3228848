import assert from 'node:assert/strict'
import { test } from 'node:test'
import { postTexts } from '../../support/http/post-texts.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

interface Resume {
  readonly kind: string
  readonly query: string
}

/** The query for resuming that the stream sends to a program. */
async function readResumeQuery(program: Visitor): Promise<string> {
  const stream = await program.follow('/r/tea/live.json')
  const { data } = await stream.next(({ event }) => event === 'resume')
  await stream.close()
  const { kind, query }: Resume = JSON.parse(data)
  assert.equal(kind, 'resume')
  return query
}

test('P3: a program in a vanishing room gets a query with which only its own session is replayed', async (t) => {
  const { url } = await startServer(t)
  const [ada, bo, eve] = [new Visitor(url), new Visitor(url), new Visitor(url)]
  for (const visitor of [ada, bo, eve]) await visitor.get('/r/tea')
  await postTexts(bo, 'tea', 'before')
  const query = await readResumeQuery(ada)
  await postTexts(bo, 'tea', 'meanwhile')
  const resume = async (program: Visitor) => {
    const stream = await program.follow(`/r/tea/live.json?${query}`)
    await postTexts(bo, 'tea', 'after')
    await stream.next(({ data }) => data.includes('"after"'))
    await stream.close()
    return stream.events
      .filter(({ event }) => event === undefined || event === 'gap' || event === 'resume')
      .map(({ event, data }) => event ?? JSON.parse(data).text)
  }
  // A session that resumes with its own query gets no new one.
  assert.deepEqual(await resume(ada), ['meanwhile', 'after'])
  assert.deepEqual((await resume(eve)).sort(), ['after', 'gap', 'resume'])
})

test('a stream without a session sends no query, and neither does a kept room, where everybody is replayed', async (t) => {
  const server = await startServer(t)
  const ada = new Visitor(server.url)
  const events = async (program: Visitor, room: string) => {
    const stream = await program.follow(`/r/${room}/live.json`)
    await postTexts(ada, room, 'now')
    await stream.next(({ data }) => data.includes('"now"'))
    await stream.close()
    return stream.events.map(({ event }) => event).filter((event) => event !== 'here')
  }
  assert.deepEqual(await events(new Visitor(server.url), 'pop'), ['open', undefined])
  await createKeptRoom(server, 'tea')
  await ada.get('/r/tea')
  assert.deepEqual(await events(ada, 'tea'), ['open', undefined])
})
