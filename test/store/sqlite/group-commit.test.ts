import assert from 'node:assert/strict'
import { mkdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Posted } from '../../../src/chat/event.ts'
import { parseDraft } from '../../../src/chat/message.ts'
import { QUEUE_MAX } from '../../../src/store/sqlite/group-commit.ts'
import { ADA, AUTHOR, LOBBY } from '../../support/events.ts'
import { eventually } from '../../support/eventually.ts'
import { refused } from '../../support/refused.ts'
import { FOREVER, openTestStore, type TestStore, testStore } from '../../support/store/test-store.ts'

/** Ends the writer thread when it first receives the text `die`, before or after the commit. */
const exitOn = (when: 'before' | 'after') => `{
  const { parentPort, workerData } = require('node:worker_threads')
  const { existsSync, writeFileSync } = require('node:fs')
  const died = workerData.path + '.died'
  const on = parentPort.on.bind(parentPort)
  parentPort.on = (event, listen) => on(event, event !== 'message' ? listen : (operations) => {
    const deadly = operations !== 'close' && !existsSync(died) && operations.some(({ text }) => text === 'die')
    if (deadly) writeFileSync(died, '')
    if (deadly && ${when === 'before'}) process.exit(3)
    if (deadly) parentPort.postMessage = () => process.exit(3)
    listen(operations)
  })
}`

/** Makes the commits of the writer thread fail while a file `rooms.db.fail` exists. */
const failCommits = `{
  const { DatabaseSync } = require('node:sqlite')
  const { existsSync } = require('node:fs')
  const { workerData } = require('node:worker_threads')
  const exec = DatabaseSync.prototype.exec
  DatabaseSync.prototype.exec = function (sql) {
    if (sql === 'COMMIT' && existsSync(workerData.path + '.fail')) throw new Error('no commit')
    return exec.call(this, sql)
  }
}`

function post({ store }: TestStore, text: string, key?: string): Promise<Posted> {
  return store.append(LOBBY, ADA, AUTHOR, parseDraft({ text, key }))
}

async function texts({ store }: TestStore): Promise<string[]> {
  return (await store.readPage(LOBBY, { kind: 'newest' }, 100)).messages.map(({ text }) => text)
}

test('P4: results and events come in the order of seq, whatever operations are mixed and refused', async () => {
  const step = fc.constantFrom('append', 'repeat', 'key-reused', 'edit', 'delete', 'no-message', 'not-author')
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      await using fixture = await openTestStore()
      const { store, published } = fixture
      await store.createRoom(LOBBY, FOREVER, 'owner')
      const first = await post(fixture, 'first', 'k')
      const seqs: number[] = []
      const record = (seq: number) => void seqs.push(seq)
      const missingId = { ...first.id, seq: 10_000 }
      const run = {
        append: () => post(fixture, 'more').then(({ id }) => record(id.seq)),
        repeat: () => post(fixture, 'first', 'k').then(({ id }) => assert.deepEqual(id, first.id)),
        'key-reused': () => assert.rejects(post(fixture, 'other', 'k'), refused('invalid')),
        edit: () =>
          store.edit(LOBBY, first.id, 'owner', 'edited').then(({ id }) => record(id.seq), assertNotFound),
        delete: () =>
          store.deleteMessage(LOBBY, first.id, 'owner').then(({ id }) => record(id.seq), assertNotFound),
        'no-message': () =>
          assert.rejects(store.deleteMessage(LOBBY, missingId, 'owner'), refused('not-found')),
        'not-author': () =>
          assert.rejects(store.edit(LOBBY, first.id, { by: 'another' }, 'x'), (error) =>
            ['forbidden', 'not-found'].some((code) => refused(code as 'forbidden')(error)),
          ),
      }
      await Promise.all(steps.map((name) => run[name]()))
      const top = (await store.top(LOBBY)).seq
      const all = Array.from({ length: top }, (_, index) => index + 1)
      assert.deepEqual([1, ...seqs], all, 'results')
      assert.deepEqual(
        published.map(({ id }) => id.seq),
        all,
        'events',
      )
    }),
    { numRuns: 25, endOnFailure: true },
  )
})

function assertNotFound(error: unknown): void {
  assert.ok(refused('not-found')(error))
}

test('a store that closes stores all queued posts and refuses new ones', async (t) => {
  const fixture = await testStore(t)
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  const posts = Promise.all(Array.from({ length: 50 }, (_, n) => post(fixture, `${n}`)))
  const closed = fixture.store.close()
  await assert.rejects(post(fixture, 'late'), refused('busy'))
  await closed
  assert.equal((await posts).length, 50)
  await fixture.reopen()
  assert.equal((await texts(fixture)).length, 50)
})

test('P11: posts are refused when too many wait for the disk', async (t) => {
  const fixture = await testStore(t)
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  const posts = await Promise.allSettled(Array.from({ length: QUEUE_MAX + 10 }, () => post(fixture, 'x')))
  const refusedPosts = posts.filter(({ status }) => status === 'rejected')
  assert.equal(refusedPosts.length, 9, 'the first post did not wait')
  for (const post of refusedPosts) assert.ok(post.status === 'rejected' && refused('busy')(post.reason))
})

for (const when of ['before', 'after'] as const) {
  test(`P1: a writer thread that dies ${when} a commit is replaced; a post in flight is refused, and stored once when sent again`, async (t) => {
    const fixture = await testStore(t, exitOn(when))
    await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
    await post(fixture, 'one')
    // The post that ends the thread is in flight alone.
    const inFlight = [assert.rejects(post(fixture, 'die', 'k'), refused('busy'))]
    const queued = [post(fixture, 'two'), post(fixture, 'three')]
    await Promise.all(inFlight)
    await Promise.all(queued)
    const expected = when === 'after' ? ['one', 'die', 'two', 'three'] : ['one', 'two', 'three']
    assert.deepEqual(await texts(fixture), expected)
    const published = fixture.published.map((event) => [event.id.seq, event.kind === 'posted' && event.text])
    assert.deepEqual(
      published,
      expected.map((text, index) => [index + 1, text]),
    )
    if (when === 'after') assert.equal((await post(fixture, 'die', 'k')).id.seq, 2)
    assert.equal(fixture.reported.length, 1)
  })
}

test('posts are refused while no writer thread can start, and accepted when one can', async (t) => {
  const fixture = await testStore(t, exitOn('before'))
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  const path = join(fixture.folder, 'rooms.db')
  await rename(path, `${path}.away`)
  await mkdir(path)
  await assert.rejects(post(fixture, 'die'), refused('busy'))
  await assert.rejects(post(fixture, 'no'), refused('busy'))
  await rmdir(path)
  await rename(`${path}.away`, path)
  await eventually(async () => void (await post(fixture, 'yes')))
  assert.deepEqual(await texts(fixture), ['yes'])
})

test('P1: a commit that fails stores nothing and fails all its posts; the next commit succeeds', async (t) => {
  const fixture = await testStore(t, failCommits)
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  const fail = join(fixture.folder, 'rooms.db.fail')
  await writeFile(fail, '')
  for (const failed of [post(fixture, 'a'), post(fixture, 'b')]) await assert.rejects(failed, /no commit/)
  await rm(fail)
  assert.equal((await post(fixture, 'c')).id.seq, 1)
  assert.deepEqual(await texts(fixture), ['c'])
})

test('posts are refused for a moment while another program locks the database', async (t) => {
  const fixture = await testStore(t)
  await fixture.store.createRoom(LOBBY, FOREVER, 'owner')
  const other = new DatabaseSync(join(fixture.folder, 'rooms.db'))
  other.exec('BEGIN IMMEDIATE')
  await assert.rejects(post(fixture, 'no'), refused('busy'))
  other.exec('ROLLBACK')
  other.close()
  assert.equal((await post(fixture, 'yes')).id.seq, 1)
})

/** Makes the operation with the text `odd` throw. */
const throwForOdd = `{
  const { StatementSync } = require('node:sqlite')
  const run = StatementSync.prototype.run
  StatementSync.prototype.run = function (...values) {
    if (values.includes('odd')) throw new RangeError('an odd value')
    return run.apply(this, values)
  }
}`

test('an operation that throws fails alone; the others of its commit are stored in order', async (t) => {
  const fixture = await testStore(t, throwForOdd)
  const { store } = fixture
  await store.createRoom(LOBBY, FOREVER, 'owner')
  // The first commit goes alone; the rest waits for it and shares the next one.
  const sent = ['first', 'a', 'odd', 'b', 'odd', 'c'].map((text) => post(fixture, text))
  const results = await Promise.allSettled(sent)
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
  )
  assert.deepEqual(await texts(fixture), ['first', 'a', 'b', 'c'])
  assert.deepEqual(
    fixture.published.map(({ id }) => id.seq),
    [1, 2, 3, 4],
  )
})
