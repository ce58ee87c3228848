import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../../support/eventually.ts'
import { numberedLines, postTexts } from '../../support/http/post-texts.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'
import { CLEAR_FIELD_KEY, ENTER_KEY, Lynx, NEXT_KEY } from './lynx.ts'

const skip = process.platform !== 'linux'

/** The lines of the message log that lynx shows, between the sentence above and the links below. */
function logIn(shown: string): string[] {
  const [, log = ''] = /\n\n(.*?)\n\n +Refresh/s.exec(shown) ?? []
  return log
    .split('\n')
    .map((line) => line.trim().replace(/ \d\d:\d\d UTC$/, ':'))
    .filter((line) => line !== '')
}

test('lynx shows a kept room as a page of the newest messages, where one can post, edit and refresh', {
  skip,
}, async (t) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea')
  const tea = `${server.url}/r/tea`
  const [bo, ada] = [new Visitor(server.url), await Lynx.create(t)]
  await bo.post('/r/tea/name', { name: 'Bo' })
  await postTexts(bo, 'tea', ...numberedLines(60))
  const first = await ada.showPage(tea)
  const newest = numberedLines(60).slice(10)
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
  await ada.pressKeys(`${tea}#name`, CLEAR_FIELD_KEY, 'Ada', NEXT_KEY, ENTER_KEY)
  await ada.pressKeys(tea, ENTER_KEY, 'hi', NEXT_KEY, ENTER_KEY)
  await ada.pressKeys(`${tea}/log#text`, 'ho', NEXT_KEY, ENTER_KEY)
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
  await ada.pressKeys(`${tea}?around=${hi}#m${hi}`, NEXT_KEY, ENTER_KEY, ' indeed', NEXT_KEY, ENTER_KEY)
  await ada.pressKeys(`${tea}/messages/${ho}#text`, NEXT_KEY, NEXT_KEY, ENTER_KEY)
  assert.deepEqual(logIn(await ada.showPage(tea)).slice(-4), [
    'line 60',
    'Ada:',
    'hi indeed',
    'These are the newest messages.',
  ])
})

test('lynx shows in a vanishing room, with each refresh, the messages since the last one', {
  skip,
}, async (t) => {
  const { url } = await startServer(t)
  const [bo, ada] = [new Visitor(url), await Lynx.create(t)]
  const pop = `${url}/r/pop`
  await bo.post('/r/pop/name', { name: 'Bo' })
  await postTexts(bo, 'pop', 'before')
  const first = await ada.showPage(pop)
  assert.deepEqual(logIn(first).slice(-1), ['New messages appear when you refresh.'])
  await postTexts(bo, 'pop', 'one', 'two')
  const second = await ada.followLink('Refresh')
  assert.deepEqual(logIn(second).slice(-5), ['New', 'Bo:', 'one', 'Bo:', 'two'])
  assert.deepEqual(logIn(await ada.followLink('Refresh')).slice(-1), ['Nothing new.'])
  const waiting = ada.followLink('Wait for the next message')
  await eventually(async () => {
    const { count } = await people(bo)
    assert.equal(count, 1)
  })
  await postTexts(bo, 'pop', 'three')
  assert.deepEqual(logIn(await waiting).slice(-2), ['Bo:', 'three'])
  // In another session this address shows nothing.
  const eve = await Lynx.create(t)
  assert.doesNotMatch(await eve.showPage(ada.lastUrl), /three/)
  await ada.pressKeys(`${pop}/log#leave`, ENTER_KEY)
  await eventually(async () => assert.equal((await people(bo)).count, 0))
})

test('a form that lynx posts from its command line is an ordinary post', { skip }, async (t) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea')
  const bo = new Visitor(server.url)
  const ada = await Lynx.create(t)
  const shown = await ada.postForm(`${server.url}/r/tea/messages`, 'text=hello')
  assert.deepEqual(logIn(shown).slice(-2), ['hello', 'These are the newest messages.'])
  assert.match(await (await bo.get('/r/tea')).text(), />hello</)
})

async function people(visitor: Visitor): Promise<{ count: number }> {
  return (await (await visitor.get('/r/pop/people', { Accept: 'application/json' })).json()) as {
    count: number
  }
}
