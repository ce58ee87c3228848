import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorDigest } from '../../../src/chat/author-digest.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import { storeContract } from '../../contracts/store.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { FOREVER, openTestStore, testStore } from '../../support/store/test-store.ts'

storeContract('the store in SQLite', async () => {
  const fixture = await openTestStore()
  return {
    store: fixture.store,
    // Events are published before the store returns.
    publishedEvents: async () => fixture.published,
    signals: async () => fixture.signals,
    changer: { by: authorDigest(fixture.secrets, LOBBY, ADA) },
    advance: async (ms) => fixture.clock.advance(ms),
    reopen: fixture.reopen,
    close: async () => {
      await fixture.close()
      assert.deepEqual(fixture.reported, [])
    },
  }
})

test('a clock that is set back makes no event older than the one before it, and no message expires early', async (t) => {
  const fixture = await testStore(t)
  const { store, clock } = fixture
  const DAY_MS = 86_400_000
  await store.createRoom(LOBBY, { ...FOREVER, retention: DAY_MS }, 'owner')
  const post = (text: string) => store.append(LOBBY, ADA, AUTHOR, parseDraft({ text, key: text }))
  const first = await post('first')
  const real = clock.now.bind(clock)
  clock.now = () => real() - 2 * DAY_MS
  const second = await post('second')
  const edited = await store.edit(LOBBY, first.id, 'owner', 'edited')
  const deleted = await store.deleteMessage(LOBBY, (await post('third')).id, 'owner')
  assert.deepEqual([second.at, edited.at, edited.message.editedAt, deleted.at], Array(4).fill(first.at))
  assert.equal((await post('second')).at, first.at, 'also of a repeat')
  clock.now = real
  clock.advance(DAY_MS - 1)
  const { messages } = await store.readPage(LOBBY, { kind: 'newest' }, 9)
  assert.deepEqual(
    messages.map(({ text, at }) => [text, at]),
    [
      ['edited', first.at],
      ['second', first.at],
    ],
  )
  assert.deepEqual(
    fixture.published.map(({ at }) => at),
    Array(5).fill(first.at),
  )
})
