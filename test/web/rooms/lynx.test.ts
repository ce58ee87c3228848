import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../../support/eventually.ts'
import { lines, say } from '../../support/http/say.ts'
import { keep, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'
import { EMPTY, ENTER, Lynx, NEXT } from './lynx.ts'

const skip = process.platform !== 'linux'

/** What lynx shows of the log: its lines between the sentence above it and the links below. */
function logIn(shown: string): string[] {
  const [, log = ''] = /\n\n(.*?)\n\n +Refresh/s.exec(shown) ?? []
  return log
    .split('\n')
    .map((line) => line.trim().replace(/ \d\d:\d\d UTC$/, ':'))
    .filter((line) => line !== '')
}

test('in lynx a kept room is a page of the newest messages with a refresh link, where one writes and changes', {
  skip,
}, async (t) => {
  const server = await startServer(t)
  await keep(server, 'tea')
  const tea = `${server.url}/r/tea`
  const [bo, ada] = [new Visitor(server.url), await Lynx.with(t)]
  await bo.post('/r/tea/name', { name: 'Bo' })
  await say(bo, 'tea', ...lines(60))
  const first = await ada.shows(tea)
  const newest = lines(60).slice(10)
  assert.deepEqual(
    logIn(first).filter((line) => line.startsWith('line')),
    newest,
  )
  for (const expected of [
    /Older messages/,
    /Bo \d\d:\d\d UTC/,
    /Refresh · Wait/,
    /Send/,
    /Leave/,
    /\/r\/tea/,
  ])
    assert.match(first, expected)
  await ada.presses(`${tea}#name`, EMPTY, 'Ada', NEXT, ENTER)
  await ada.presses(tea, ENTER, 'hi', NEXT, ENTER)
  await ada.presses(`${tea}/log#text`, 'ho', NEXT, ENTER)
  const { messages } = (await (
    await bo.get('/r/tea/messages?limit=2', { Accept: 'application/json' })
  ).json()) as {
    messages: { id: string; text: string; author: { name: string } }[]
  }
  assert.deepEqual(
    messages.map(({ text, author }) => [author.name, text]),
    [
      ['Ada', 'hi'],
      ['Ada', 'ho'],
    ],
  )
  const [hi, ho] = messages.map(({ id }) => id)
  await ada.presses(`${tea}?around=${hi}#m${hi}`, NEXT, ENTER, ' indeed', NEXT, ENTER)
  await ada.presses(`${tea}/messages/${ho}#text`, NEXT, NEXT, ENTER)
  assert.deepEqual(logIn(await ada.shows(tea)).slice(-4), [
    'line 60',
    'Ada:',
    'hi indeed',
    'These are the newest messages.',
  ])
})

test('in lynx a vanishing room shows with each refresh what was said since the one before', {
  skip,
}, async (t) => {
  const { url } = await startServer(t)
  const [bo, ada] = [new Visitor(url), await Lynx.with(t)]
  const pop = `${url}/r/pop`
  await bo.post('/r/pop/name', { name: 'Bo' })
  await say(bo, 'pop', 'before')
  const first = await ada.shows(pop)
  assert.deepEqual(logIn(first).slice(-1), ['New messages appear when you refresh.'])
  await say(bo, 'pop', 'one', 'two')
  const second = await ada.follows('Refresh')
  assert.deepEqual(logIn(second).slice(-5), ['New', 'Bo:', 'one', 'Bo:', 'two'])
  assert.deepEqual(logIn(await ada.follows('Refresh')).slice(-1), ['Nothing new.'])
  const waiting = ada.follows('Wait for the next message')
  await eventually(async () => {
    const { count } = await people(bo)
    assert.equal(count, 1)
  })
  await say(bo, 'pop', 'three')
  assert.deepEqual(logIn(await waiting).slice(-2), ['Bo:', 'three'])
  // Whoever has another session is shown nothing by this address.
  const eve = await Lynx.with(t)
  assert.doesNotMatch(await eve.shows(ada.last), /three/)
  await ada.presses(`${pop}/log#leave`, ENTER)
  await eventually(async () => assert.equal((await people(bo)).count, 0))
})

test('what is typed on the command line of lynx is a post like any other', { skip }, async (t) => {
  const server = await startServer(t)
  await keep(server, 'tea')
  const bo = new Visitor(server.url)
  const ada = await Lynx.with(t)
  const shown = await ada.posts(`${server.url}/r/tea/messages`, 'text=hello')
  assert.deepEqual(logIn(shown).slice(-2), ['hello', 'These are the newest messages.'])
  assert.match(await (await bo.get('/r/tea')).text(), />hello</)
})

async function people(visitor: Visitor): Promise<{ count: number }> {
  return (await (await visitor.get('/r/pop/people', { Accept: 'application/json' })).json()) as {
    count: number
  }
}
