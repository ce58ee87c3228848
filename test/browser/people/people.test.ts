import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'
import { SseReader } from '../../support/http/sse-reader.ts'
import { MARKUP_MENTIONS, MENTION_NAMES, MENTIONS } from '../../support/mention-cases.ts'

const browserTest = browserTests()

const lines = (person: Person) =>
  person.messageLog
    .locator('.presence-line span:visible')
    .evaluateAll((spans) => spans.map((span) => span.textContent.replace(/[\u2068\u2069]/g, '')))

/** Waits until the log of `person` tells that another member joined: by then, the person has been announced too. */
async function isAnnounced(person: Person): Promise<void> {
  await eventually(async () => assert.match((await lines(person)).join(), / joined/))
}

async function isCalled(person: Person, name: string): Promise<void> {
  await eventually(async () => assert.equal(await person.page.locator('.own-name').textContent(), name))
}

async function takes(person: Person, name: string): Promise<void> {
  await person.page.click('.people summary')
  const field = person.page.locator('#name')
  await field.fill(name)
  await person.submits(field, () => field.press('Enter'))
  await isCalled(person, name)
  await person.page.keyboard.press('Escape')
}

browserTest('a name is changed in the people panel, and everybody sees it', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await openPerson(), await openPerson()]
  await ada.enter(`${url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  // A name that is taken sooner is announced as the name of a member who joins.
  await isAnnounced(ada)
  const otter = await ada.page.locator('.own-name').textContent()
  await takes(ada, 'Ada')
  await eventually(async () => assert.ok((await lines(ben)).includes(`${otter} is now Ada`)))
  await ada.posts('hello')
  assert.equal(await ben.message('hello').locator('b bdi').textContent(), 'Ada')
  await ben.page.click('.people summary')
  await ben.page.locator('#people li', { hasText: 'Ada' }).waitFor()
  ben.expectErrors(/409/)
  await ben.page.fill('#name', 'ADA')
  await ben.page.click('.name button')
  await ben.page.locator('#name-refusal').waitFor()
  assert.equal(await ben.page.inputValue('#name'), 'ADA')
  await ben.page.getByRole('button', { name: 'ADA 2' }).click()
  await isCalled(ben, 'ADA 2')
  await ada.page.reload({ waitUntil: 'commit' })
  await ada.waitUntilLive()
  await isCalled(ada, 'Ada')
})

browserTest('without scripts a name is changed beside the log, which stays', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await openPerson({ javaScriptEnabled: false }), await openPerson()]
  await ada.enter(`${url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  await isAnnounced(ada)
  await ben.posts('before')
  await ada.message('before').waitFor()
  await ada.composer.getByText('You are').click()
  const field = ada.composer.locator('#name')
  await field.fill('Ada')
  await ada.submits(field, () => field.press('Enter'))
  await ada.posts('now as Ada')
  assert.equal(await ben.message('now as Ada').locator('b bdi').textContent(), 'Ada')
  await ada.sees('before', 'now as Ada')
  await eventually(async () => assert.ok((await lines(ben)).some((line) => / is now Ada$/.test(line))))
})

browserTest(
  'lines in the log tell who comes and goes, merged into one, and never the reader',
  async (t, openPerson) => {
    const { url } = await startServer(t, { awayAfter: 100 })
    const [ada, ben] = [await openPerson(), await openPerson()]
    await ada.enter(`${url}/r/tea`)
    await ben.enter(`${url}/r/tea`)
    const name = await ben.page.locator('.own-name').textContent()
    await eventually(async () => assert.deepEqual(await lines(ada), [`${name} joined`]))
    await ben.page.goto(url)
    await eventually(async () => assert.deepEqual(await lines(ada), [`${name} joined`, `${name} left`]))
    assert.equal(await ada.messageLog.locator('.presence-line:visible').count(), 1)
    assert.equal(await ada.messageLog.locator('.presence-line').first().getAttribute('aria-live'), 'off')
    await ada.page.locator('#here-count', { hasText: /^1$/ }).waitFor()
  },
)

browserTest('the open people panel follows who is here', async (t, openPerson) => {
  const { url } = await startServer(t, { awayAfter: 100 })
  const [ada, ben] = [await openPerson(), await openPerson()]
  await ada.enter(`${url}/r/tea`)
  await ada.page.click('.people summary')
  const listed = (count: number) =>
    eventually(async () => assert.equal(await ada.page.locator('#people li').count(), count))
  await listed(1)
  await ben.enter(`${url}/r/tea`)
  await listed(2)
  assert.equal(await ada.page.locator('#people li', { hasText: '(you)' }).count(), 1)
  await ben.page.goto(url)
  await listed(1)
})

browserTest('the others see that a member is typing, until the message is there', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await openPerson(), await openPerson()]
  await ada.enter(`${url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  await takes(ben, 'Ben')
  await ben.field.pressSequentially('hel')
  await ada.page.getByText('Ben is typing…').waitFor()
  assert.equal(await ben.page.locator('#typing').textContent(), '')
  await ben.field.pressSequentially('lo')
  await ben.field.press('Enter')
  await ada.message('hello').waitFor()
  assert.equal(await ada.page.locator('#typing').textContent(), '')
})

browserTest('typing @ offers the people here, and the chosen name is completed', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, ben, cy] = [await openPerson(), await openPerson(), await openPerson()]
  for (const [person, name] of [
    [ada, 'Ada'],
    [ben, 'Ben'],
    [cy, 'Benedict'],
  ] as const) {
    await person.enter(`${url}/r/tea`)
    await takes(person, name)
  }
  const offered = (...names: string[]) =>
    eventually(async () =>
      assert.deepEqual(await ada.page.locator('#mention-options:visible li').allTextContents(), names),
    )
  await ada.field.pressSequentially('hi @')
  await offered('Ben', 'Benedict')
  await ada.field.press('ArrowDown')
  await ada.page.locator('[aria-selected=true]', { hasText: 'Benedict' }).waitFor()
  await ada.field.press('Escape')
  await offered()
  await ada.field.pressSequentially('bene')
  await offered('Benedict')
  await ada.field.press('Enter')
  await ada.composerHolds('hi @Benedict ')
  await offered()
  await ada.field.pressSequentially('@b')
  await offered('Ben', 'Benedict')
  await ada.page.locator('#mention-options li').first().click()
  await ada.composerHolds('hi @Benedict @Ben ')
  await ada.field.press('Enter')
  await ben.message('hi @Benedict @Ben').waitFor()
})

browserTest(
  '@ offers names after anything but a word, also as input methods type it',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, ben] = [await openPerson(), await openPerson()]
    await ada.enter(`${url}/r/tea`)
    await ben.enter(`${url}/r/tea`)
    await takes(ben, 'Émile')
    const options = ada.page.locator('#mention-options:visible li')
    for (const typed of ['你好@', '(@', '＠', 'hi @É', 'hi @e\u0301', '@ＥM'.replace('Ｅ', 'Ｅ\u0301')]) {
      await ada.field.fill('')
      await ada.page.keyboard.insertText(typed)
      await eventually(async () => assert.deepEqual(await options.allTextContents(), ['Émile'], typed))
      await ada.field.press('Escape')
    }
    await ada.field.fill('')
    await ada.page.keyboard.insertText('(@é')
    await options.first().click()
    await ada.composerHolds('(@Émile ')
  },
)

browserTest(
  'a message mentions the longest name that is present, and nobody in code, links and words',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, other, mash] = [await openPerson(), await openPerson(), await openPerson()]
    for (const [person, name] of [
      [ada, 'Ada'],
      [other, 'Ada 2'],
      [mash, 'M*A*S*H'],
    ] as const) {
      await person.enter(`${url}/r/tea`)
      await takes(person, name)
    }
    for (const name of MENTION_NAMES.filter((name) => !['Ada', 'Ada 2', 'M*A*S*H'].includes(name))) {
      const reader = await SseReader.open(`${url}/r/tea/live.json?${new URLSearchParams({ name })}`)
      t.after(() => reader.close())
      await reader.next(({ event }) => event === 'open')
    }
    await mash.posts('first')
    // The table that JSON and terminals keep to, too (`test/web/messages/mentions.test.ts`).
    const cases = Object.entries({ ...MENTIONS, ...MARKUP_MENTIONS })
    const ids: string[] = []
    for (const [text] of cases) {
      const headers = { Accept: 'application/json' }
      const body = new URLSearchParams({ text })
      const posted = await fetch(`${url}/r/tea/messages`, { method: 'POST', headers, body })
      ids.push(((await posted.json()) as { id: string }).id)
    }
    for (const [person, name] of [
      [ada, 'Ada'],
      [other, 'Ada 2'],
      [mash, 'M*A*S*H'],
    ] as const) {
      await person.page.locator(`[id="m${ids.at(-1)}"]`).waitFor()
      const marked = await person.messageLog
        .locator('.mentions-me')
        .evaluateAll((messages) => messages.map(({ id }) => id.slice(1)))
      assert.deepEqual(
        cases.filter((_, at) => marked.includes(ids[at] ?? '')).map(([text]) => text),
        cases.filter(([, mentioned]) => mentioned.includes(name)).map(([text]) => text),
      )
    }
  },
)

browserTest(
  'a message that mentions a member is marked only for that member, and counted in the title',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, ben] = [await openPerson({ viewport: { width: 800, height: 400 } }), await openPerson()]
    await ada.enter(`${url}/r/tea`)
    await ben.enter(`${url}/r/tea`)
    await takes(ada, 'Ada')
    for (let i = 0; i < 12; i++) {
      await ben.posts(`filling ${i}`)
      await ada.message(`filling ${i}`).waitFor()
    }
    await ada.messages.first().scrollIntoViewIfNeeded()
    for (const text of ['hello @ADA, you', 'no @Adamant', 'not Ada'] as const) {
      await ben.posts(text)
      await ada.message(text).waitFor()
    }
    assert.deepEqual(await ada.messageLog.locator('.mentions-me > div').allTextContents(), [
      'hello @ADA, you',
    ])
    assert.equal(await ben.messageLog.locator('.mentions-me').count(), 0)
    await eventually(async () => assert.equal(await ada.page.title(), '(@1 · 3) tea · Snug'))
    await ada.page.click('.people summary')
    await ada.page.getByLabel('Mute this room').check()
    assert.equal(await ada.page.title(), 'tea · Snug')
    await ada.page.getByLabel('Mute this room').uncheck()
    assert.equal(await ada.page.title(), '(@1 · 3) tea · Snug')
  },
)

const RECORD = `
  globalThis.notes = []
  const Real = Notification
  globalThis.Notification = class extends Real {
    constructor(title, options) { super(title, options); notes.push(title) }
  }
  Object.defineProperty(document, 'hidden', { get: () => globalThis.away === true })`

browserTest(
  'a mention notifies a member who allowed it and is elsewhere, but not in a muted room',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, ben] = [await openPerson(), await openPerson()]
    await ada.context.addInitScript(RECORD)
    await ada.enter(`${url}/r/tea`)
    await ben.enter(`${url}/r/tea`)
    await takes(ada, 'Ada')
    await takes(ben, 'Ben')
    const notes = () => ada.page.evaluate<string[]>('notes')
    const call = async (text: string) => {
      await ben.posts(text)
      await ada.message(text).waitFor()
    }
    await ada.page.evaluate('away = true')
    await call('@Ada one')
    await ada.context.grantPermissions(['notifications'])
    await ada.page.click('.people summary')
    await ada.page.getByText('This browser tells you').waitFor()
    assert.deepEqual(await notes(), [])
    await call('@Ada two')
    await eventually(async () => assert.deepEqual(await notes(), ['Ben wrote to you in tea']))
    await ada.page.getByLabel('Mute this room').check()
    await call('@Ada three')
    await ada.page.getByLabel('Mute this room').uncheck()
    await ada.page.evaluate('away = false')
    await call('@Ada four, here')
    await ada.page.evaluate('away = true')
    await call('@Ada five')
    await eventually(async () => assert.equal((await notes()).length, 2))
  },
)

browserTest('P21: a name from right to left does not turn the sentence around it', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await openPerson(), await openPerson()]
  await ada.context.addInitScript(RECORD)
  await ada.context.grantPermissions(['notifications'])
  await ada.enter(`${url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  await takes(ada, 'Ada')
  await takes(ben, 'בן 1')
  await ada.page.evaluate('away = true')
  await ben.field.pressSequentially('@Ada')
  await ada.page.getByText('\u2068בן 1\u2069 is typing…').waitFor()
  await ben.field.press('Enter')
  await ben.posts('@Ada hello')
  const notes = () => ada.page.evaluate<string[]>('notes')
  await eventually(async () => assert.ok((await notes()).includes('\u2068בן 1\u2069 wrote to you in tea')))
  await ada.message('hello').locator('b > bdi').click()
  await ada.page.getByRole('button', { name: 'Ignore \u2068בן 1\u2069' }).waitFor()
})
