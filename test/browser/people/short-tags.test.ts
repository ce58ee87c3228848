import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { computedStyle } from '../../support/browser/person.ts'
import { ADA, AUTHOR, BOB } from '../../support/events.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

browserTest(
  'messages with the tags of earlier versions are still their author’s, in every page',
  async (t, come) => {
    const server = await startServer(t)
    const room = await createKeptRoom(server, 'tea')
    const store = (tag: string, text: string) =>
      server.chat.store.append(room, ADA, { ...AUTHOR, tag }, { text, key: undefined })
    const ada = await come()
    await ada.enter(`${server.url}/r/tea`)
    const ownTag = (await ada.page.locator('#log').getAttribute('data-own-tag')) ?? ''
    assert.match(ownTag, /^[a-z0-9]{10}$/)
    const oldTag = ownTag.slice(-6)
    await store(oldTag, 'said before the upgrade')
    await store(`${oldTag.slice(0, -1)}!`, 'said by somebody else')
    const [before, other] = ['said before', 'somebody else'].map((hasText) =>
      ada.page.locator('.message', { hasText }),
    )
    assert.ok(before && other)
    await other.waitFor()
    assert.equal(await computedStyle(before, 'alignSelf'), 'flex-end')
    assert.notEqual(await computedStyle(other, 'alignSelf'), 'flex-end')
    await before.locator('bdi').click()
    const actions = await ada.page.locator('#message-actions').textContent()
    assert.match(String(actions), /Edit/)
    assert.doesNotMatch(String(actions), /Ignore/)
  },
)

browserTest(
  'who was ignored in an earlier version stays ignored, and an ignored author’s older messages hide too',
  async (t, come) => {
    const server = await startServer(t)
    const room = await createKeptRoom(server, 'tea')
    const store = (tag: string, text: string) =>
      server.chat.store.append(room, BOB, { ...AUTHOR, tag }, { text, key: undefined })
    for (const [tag, text] of [
      ['bob123', 'old of an ignored tag'],
      ['wxyzbob123', 'new of an ignored tag'],
      ['eve123', 'old of an ignored author'],
      ['wxyzeve123', 'new of an ignored author'],
      ['abcdeve123', 'another whose tag ends the same'],
      ['zoe123', 'nobody ignores this'],
    ] as const)
      await store(tag, text)
    const reader = await come()
    await reader.page.addInitScript(`
    localStorage.setItem('ignored:/r/tea', '[["bob123","Bob"],["wxyzeve123","Eve"]]')`)
    await reader.enter(`${server.url}/r/tea`)
    await reader.page
      .locator('.message', { hasText: 'of an ignored tag' })
      .first()
      .waitFor({ state: 'hidden' })
    assert.deepEqual(await reader.page.locator('.message:visible > div').allTextContents(), [
      'another whose tag ends the same',
      'nobody ignores this',
    ])
  },
)
