import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { parseDraft } from '../../../src/chat/message.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { FOREVER, type TestStore, testStore } from '../../support/store/test-store.ts'

const EVENTS = 200_000

const post = ({ store }: TestStore, text: string) => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text }))

/** A room with one message, and events of one kind after it. */
async function grownRoom(t: TestContext, kind: 'posted' | 'edited' | 'deleted') {
  const fixture = await testStore(t)
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  const first = await post(fixture, 'first')
  await fixture.store.close()
  const database = new DatabaseSync(join(fixture.folder, 'rooms.db'))
  const of = kind === 'edited' ? '1' : kind === 'deleted' ? 'n + 1000000' : 'NULL'
  database.exec(`
    WITH RECURSIVE numbers(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${EVENTS})
    INSERT INTO events (room, seq, epoch, kind, at, of, of_epoch, name, tag, verified, text)
    SELECT 1, n, '${first.id.epoch}', '${kind}', ${first.at}, ${of}, '${first.id.epoch}', 'Ada', 'abc', 0, 'text' FROM numbers;
    UPDATE rooms SET seq = ${EVENTS}, messages = ${kind === 'posted' ? EVENTS : 1}`)
  database.close()
  await fixture.reopen()
  return { fixture, first }
}

/** The median time of a few runs, in milliseconds. */
async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let n = 0; n < 9; n++) {
    const startedAt = performance.now()
    await run()
    times.push(performance.now() - startedAt)
  }
  return times.sort((a, b) => a - b)[4] ?? 0
}

test('a message that is edited often leaves one event of all its edits', async (t) => {
  const fixture = await testStore(t)
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  const { id } = await post(fixture, 'first')
  for (let n = 0; n < 30; n++) await fixture.store.edit(LOBBY, id, 'owner', `edit ${n}`)
  const top = await fixture.store.top(LOBBY)
  assert.equal(top.seq, 31)
  const missed = await fixture.store.readEvents(LOBBY, id, top, 100)
  assert.deepEqual(
    missed.map((event) => [event.kind, event.id.seq, event.kind === 'edited' && event.message.text]),
    [['edited', 31, 'edit 29']],
  )
})

for (const kind of ['edited', 'deleted'] as const) {
  test(`a page takes no longer because ${EVENTS} events of the kind ${kind} follow its messages`, async (t) => {
    const { fixture, first } = await grownRoom(t, kind)
    const read = async () => {
      const { messages } = await fixture.store.readPage(LOBBY, { kind: 'newest' }, 50)
      assert.equal(messages[0]?.id.seq, first.id.seq)
    }
    const took = await timeOf(read)
    assert.ok(took < 3, `it took ${took} ms`)
  })
}

test('deleting or editing a message of a room with many does not read the others', async (t) => {
  const { fixture } = await grownRoom(t, 'posted')
  const { store } = fixture
  const small = await testStore(t)
  await small.store.createRoom(LOBBY, FOREVER, 'owner')
  const change = async (changed: TestStore['store']) => {
    const { id } = await changed.append(LOBBY, ADA, AUTHOR, parseDraft({ text: 'gone soon' }))
    await changed.edit(LOBBY, id, 'owner', 'edited')
    await changed.deleteMessage(LOBBY, id, 'owner')
  }
  const [large, few] = [await timeOf(() => change(store)), await timeOf(() => change(small.store))]
  assert.ok(large < 5 * few + 20, `${large} ms, ${few} ms with few messages`)
})
