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

/** Ends the thread when it is first told to write this, before its commit or after it. */
const dies = (when: 'before' | 'after') => `{
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

/** Lets the thread's commits fail while the folder has a file of this name. */
const failing = `{
  const { DatabaseSync } = require('node:sqlite')
  const { existsSync } = require('node:fs')
  const { workerData } = require('node:worker_threads')
  const exec = DatabaseSync.prototype.exec
  DatabaseSync.prototype.exec = function (sql) {
    if (sql === 'COMMIT' && existsSync(workerData.path + '.fail')) throw new Error('no commit')
    return exec.call(this, sql)
  }
}`

function say({ store }: TestStore, text: string, key?: string): Promise<Posted> {
  return store.append(LOBBY, ADA, AUTHOR, parseDraft({ text, key }))
}

async function texts({ store }: TestStore): Promise<string[]> {
  return (await store.readPage(LOBBY, { kind: 'newest' }, 100)).messages.map(({ text }) => text)
}

test('answers and events come in the order of seq, whatever is mixed and refused on the way', async () => {
  const step = fc.constantFrom('append', 'repeat', 'key-reused', 'edit', 'delete', 'no-message', 'not-author')
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      await using under = await openTestStore()
      const { store, published } = under
      await store.createRoom(LOBBY, FOREVER, 'owner')
      const first = await say(under, 'first', 'k')
      const told: number[] = []
      const note = (seq: number) => void told.push(seq)
      const not = { ...first.id, seq: 10_000 }
      const run = {
        append: () => say(under, 'more').then(({ id }) => note(id.seq)),
        repeat: () => say(under, 'first', 'k').then(({ id }) => assert.deepEqual(id, first.id)),
        'key-reused': () => assert.rejects(say(under, 'other', 'k'), refused('invalid')),
        edit: () => store.edit(LOBBY, first.id, 'owner', 'edited').then(({ id }) => note(id.seq), gone),
        delete: () => store.deleteMessage(LOBBY, first.id, 'owner').then(({ id }) => note(id.seq), gone),
        'no-message': () => assert.rejects(store.deleteMessage(LOBBY, not, 'owner'), refused('not-found')),
        'not-author': () =>
          assert.rejects(store.edit(LOBBY, first.id, { by: 'another' }, 'x'), (error) =>
            ['forbidden', 'not-found'].some((code) => refused(code as 'forbidden')(error)),
          ),
      }
      await Promise.all(steps.map((name) => run[name]()))
      const top = (await store.top(LOBBY)).seq
      const all = Array.from({ length: top }, (_, index) => index + 1)
      assert.deepEqual([1, ...told], all, 'answers')
      assert.deepEqual(
        published.map(({ id }) => id.seq),
        all,
        'events',
      )
    }),
    { numRuns: 25, endOnFailure: true },
  )
})

function gone(error: unknown): void {
  assert.ok(refused('not-found')(error))
}

test('what was given to the thread is stored when the store closes, and nothing after', async (t) => {
  const under = await testStore(t)
  await under.store.createRoom(LOBBY, FOREVER, 'owner')
  const posts = Promise.all(Array.from({ length: 50 }, (_, n) => say(under, `${n}`)))
  const closed = under.store.close()
  await assert.rejects(say(under, 'late'), refused('busy'))
  await closed
  assert.equal((await posts).length, 50)
  await under.reopen()
  assert.equal((await texts(under)).length, 50)
})

test('more than can wait for the disk is shed', async (t) => {
  const under = await testStore(t)
  await under.store.createRoom(LOBBY, FOREVER, 'owner')
  const posts = await Promise.allSettled(Array.from({ length: QUEUE_MAX + 10 }, () => say(under, 'x')))
  const shed = posts.filter(({ status }) => status === 'rejected')
  assert.equal(shed.length, 9, 'the first went to the disk at once')
  for (const post of shed) assert.ok(post.status === 'rejected' && refused('busy')(post.reason))
})

for (const when of ['before', 'after'] as const) {
  test(`a thread that ends ${when} its commit is replaced; what was under way is refused, and there once when sent again`, async (t) => {
    const under = await testStore(t, dies(when))
    await under.store.createRoom(LOBBY, FOREVER, 'owner')
    await say(under, 'one')
    // Only the deadly one is under way with it.
    const underway = [assert.rejects(say(under, 'die', 'k'), refused('busy'))]
    const waiting = [say(under, 'two'), say(under, 'three')]
    await Promise.all(underway)
    await Promise.all(waiting)
    const expected = when === 'after' ? ['one', 'die', 'two', 'three'] : ['one', 'two', 'three']
    assert.deepEqual(await texts(under), expected)
    const carried = under.published.map((event) => [event.id.seq, event.kind === 'posted' && event.text])
    assert.deepEqual(
      carried,
      expected.map((text, index) => [index + 1, text]),
    )
    if (when === 'after') assert.equal((await say(under, 'die', 'k')).id.seq, 2)
    assert.equal(under.reported.length, 1)
  })
}

test('while no thread can be had posts are refused, and they are taken when one can', async (t) => {
  const under = await testStore(t, dies('before'))
  await under.store.createRoom(LOBBY, FOREVER, 'owner')
  const path = join(under.folder, 'rooms.db')
  await rename(path, `${path}.away`)
  await mkdir(path)
  await assert.rejects(say(under, 'die'), refused('busy'))
  await assert.rejects(say(under, 'no'), refused('busy'))
  await rmdir(path)
  await rename(`${path}.away`, path)
  await eventually(async () => void (await say(under, 'yes')))
  assert.deepEqual(await texts(under), ['yes'])
})

test('a commit that fails stores nothing and fails all of it; the next one is taken', async (t) => {
  const under = await testStore(t, failing)
  await under.store.createRoom(LOBBY, FOREVER, 'owner')
  const fail = join(under.folder, 'rooms.db.fail')
  await writeFile(fail, '')
  for (const post of [say(under, 'a'), say(under, 'b')]) await assert.rejects(post, /no commit/)
  await rm(fail)
  assert.equal((await say(under, 'c')).id.seq, 1)
  assert.deepEqual(await texts(under), ['c'])
})

test('while another program holds the database posts are refused for the moment', async (t) => {
  const under = await testStore(t)
  await under.store.createRoom(LOBBY, FOREVER, 'owner')
  const other = new DatabaseSync(join(under.folder, 'rooms.db'))
  other.exec('BEGIN IMMEDIATE')
  await assert.rejects(say(under, 'no'), refused('busy'))
  other.exec('ROLLBACK')
  other.close()
  assert.equal((await say(under, 'yes')).id.seq, 1)
})
