import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { computedStyle, type Person } from '../../support/browser/person.ts'
import { eventually } from '../../support/eventually.ts'
import { postTexts } from '../../support/http/post-texts.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const browserTest = browserTests()

const WITHOUT_SCRIPTS = { javaScriptEnabled: false }

browserTest(
  'the author of a message edits it in its place, and everybody sees the new text',
  async (t, openPerson) => {
    const server = await startServer(t)
    await createKeptRoom(server, 'tea')
    const [ada, ben] = [await openPerson(), await openPerson()]
    await ada.enter(`${server.url}/r/tea`)
    await ben.enter(`${server.url}/r/tea`)
    for (const text of ['one', 'two *of* three']) await ada.posts(text)
    await ben.sees('one', 'two of three')
    await ada.message('two').locator('> div').click()
    await ada.page.getByRole('button', { name: 'Edit' }).click()
    const field = ada.page.locator('.edit-form textarea')
    await eventually(async () => assert.equal(await field.inputValue(), 'two *of* three'))
    await field.fill('two of *four*')
    await field.press('Enter')
    for (const person of [ada, ben]) {
      await person.sees('one', 'two of four')
      const mark = await person
        .message('two')
        .locator('> div')
        .evaluate((div) => {
          return div.ownerDocument.defaultView.getComputedStyle(div, '::after').content
        })
      assert.match(mark, /edited/)
    }
    await ada.page.locator('#text:focus').waitFor()
    assert.equal(await ada.page.locator('.edit-form').count(), 0)
    await ada.page.keyboard.press('ArrowUp')
    await eventually(async () => assert.equal(await field.inputValue(), 'two of *four*'))
    await field.press('Escape')
    assert.equal(await ada.page.locator('.edit-form').count(), 0)
    await ben.message('two').locator('> div').click()
    assert.equal(await ben.page.locator('#message-actions').count(), 0)
  },
)

browserTest('a refused edit keeps the typed text, and says why', async (t, openPerson) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea')
  const ada = await openPerson()
  ada.expectErrors(/status of 4\d\d/, /ERR_INTERNET_DISCONNECTED/, /Failed to fetch/)
  await ada.enter(`${server.url}/r/tea`)
  await ada.posts('short')
  await ada.sees('short')
  await ada.page.keyboard.press('ArrowUp')
  const field = ada.page.locator('.edit-form textarea')
  await eventually(async () => assert.equal(await field.inputValue(), 'short'))
  const long = 'tea '.repeat(1250)
  await field.fill(long)
  await field.press('Enter')
  await ada.page.locator('.edit-form .refusal', { hasText: 'too long' }).waitFor()
  assert.equal(await field.inputValue(), long)
  await ada.context.setOffline(true)
  await field.fill('offline')
  await field.press('Enter')
  await ada.page.locator('.edit-form .refusal', { hasText: 'can’t be reached' }).waitFor()
  assert.equal(await field.inputValue(), 'offline')
})

browserTest(
  'a deleted message loses its text on every page, and “Deleted” takes its place',
  async (t, openPerson) => {
    const server = await startServer(t)
    await createKeptRoom(server, 'tea')
    const [ada, ben] = [await openPerson(), await openPerson()]
    await ada.enter(`${server.url}/r/tea`)
    for (const text of ['before', 'my secret', 'after']) await ada.posts(text)
    await ben.enter(`${server.url}/r/tea`)
    await ben.sees('before', 'my secret', 'after')
    await ada.message('my secret').locator('> div').click()
    await ada.page.getByRole('button', { name: 'Delete' }).click()
    await ada.page.getByRole('alert').filter({ hasText: 'for good' }).waitFor()
    await ada.page.getByRole('button', { name: 'Delete' }).click()
    for (const person of [ada, ben]) {
      await person.sees('before', 'Deleted', 'after')
      assert.doesNotMatch(await person.page.content(), /my secret/)
    }
    await ada.message('Deleted').locator('> div').click()
    assert.equal(await ada.page.locator('#message-actions').count(), 0)
    const late = await openPerson()
    await late.enter(`${server.url}/r/tea`)
    await late.sees('before', 'after')
    // The deletion of a message that this new page does not have must cause no error in it.
    await ada.message('before').locator('> div').click()
    await ada.page.getByRole('button', { name: 'Delete' }).click()
    await ada.page.getByRole('button', { name: 'Delete' }).click()
    await late.sees('Deleted', 'after')
  },
)

browserTest('the owner can delete a message of any member', async (t, openPerson) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea', 'the-token')
  const [ada, owner] = [await openPerson(), await openPerson()]
  await owner.context.addCookies([{ name: 'snug-owner', value: 'the-token', url: `${server.url}/r/tea` }])
  await owner.enter(`${server.url}/r/tea`)
  await ada.enter(`${server.url}/r/tea`)
  await ada.posts('rude')
  await owner.sees('rude')
  await owner.message('rude').locator('> div').click()
  await owner.page.getByRole('button', { name: 'Delete' }).click()
  await owner.page.getByRole('button', { name: 'Delete' }).click()
  await ada.sees('Deleted')
})

browserTest('the link to a message can be copied, and leads to it', async (t, openPerson) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea')
  const [ada, ben] = [
    await openPerson({ permissions: ['clipboard-read', 'clipboard-write'] }),
    await openPerson(),
  ]
  await ben.enter(`${server.url}/r/tea`)
  await ben.posts('look here')
  await ada.enter(`${server.url}/r/tea`)
  await ada.message('look here').locator('bdi').click()
  await ada.page.getByRole('button', { name: 'Copy link' }).click()
  await ada.page.getByRole('button', { name: 'Copied' }).waitFor()
  const link = await ada.page.evaluate<string>('navigator.clipboard.readText()')
  assert.match(link, /\/r\/tea\?around=[0-9a-z]+\.1#m/)
  await ben.goto(link)
  const target = ben.page.locator('.message:target', { hasText: 'look here' })
  await target.waitFor()
  assert.notEqual(await computedStyle(target.locator('> div'), 'outlineStyle'), 'none')
})

/** The texts of the visible messages, from the top of the screen. */
async function shownIn(person: Person): Promise<string[]> {
  const messages = person.messages.filter({ visible: true })
  const texts = await messages.locator('> div').allInnerTexts()
  const tops = await messages.evaluateAll((all) => all.map((message) => message.getBoundingClientRect().top))
  const placed = texts.map((text, index) => ({ text, top: tops[index] ?? 0 }))
  return placed.sort((one, other) => one.top - other.top).map(({ text }) => text)
}

browserTest(
  'without scripts each message is edited in its place, whatever the order of the edits',
  async (t, openPerson) => {
    const server = await startServer(t)
    await createKeptRoom(server, 'tea')
    const ada = new Visitor(server.url)
    const ids = await postTexts(ada, 'tea', ...Array.from({ length: 60 }, (_, n) => `line ${n + 1}`))
    const ben = await openPerson(WITHOUT_SCRIPTS)
    await ben.enter(`${server.url}/r/tea`)
    await ben.message('line 60').waitFor()
    const expected = Array.from({ length: 50 }, (_, n) => `line ${n + 11}`)
    const change = async (line: number, text: string) => {
      await ada.post(`/r/tea/messages/${ids[line - 1]}`, { text })
      if (line > 10) expected[line - 11] = text
    }
    await change(40, 'the 40th')
    await change(12, 'the 12th')
    // A message that is not in this page.
    await change(3, 'the third')
    await change(3, 'the third again')
    await change(59, 'the 59th')
    await change(40, 'the 40th again')
    ids.push(...(await postTexts(ada, 'tea', 'line 61', 'line 62')))
    expected.push('line 61', 'line 62')
    await change(61, 'the 61st')
    await ada.post(`/r/tea/messages/${ids[39]}/delete`, {})
    expected.splice(29, 1)
    await change(13, 'the 13th')
    await ben.messageLog.getByText('A message was deleted.').waitFor()
    await ben.message('the 13th').waitFor()
    await eventually(async () => assert.deepEqual(await shownIn(ben), expected))
  },
)

browserTest('without scripts a message is edited and deleted through its link', async (t, openPerson) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'tea')
  const [ada, ben] = [await openPerson(WITHOUT_SCRIPTS), await openPerson(WITHOUT_SCRIPTS)]
  await ada.enter(`${server.url}/r/tea`)
  await ben.enter(`${server.url}/r/tea`)
  for (const text of ['one', 'two']) {
    await ada.posts(text)
    await ben.message(text).waitFor()
  }
  const change = async () => {
    await ada.message('one').locator('time a').click()
    await ada.page.getByRole('link', { name: 'Change or delete this message' }).click()
  }
  await change()
  await ada.page.locator('#text').fill('one and\n\na half')
  await ada.page.getByRole('button', { name: 'Save' }).click()
  await ada.page.locator('.message:target', { hasText: 'a half' }).waitFor()
  await eventually(async () => {
    assert.deepEqual(await shownIn(ben), ['one and\n\na half', 'two'])
  })
  await ada.page.getByRole('link', { name: 'Newest messages' }).click()
  await ada.waitUntilLive()
  await change()
  await ada.page.getByRole('button', { name: 'Delete it for everybody, for good' }).click()
  await ada.waitUntilLive()
  await ada.sees('two')
  await ben.messageLog.getByText('A message was deleted.').waitFor()
  await eventually(async () => {
    assert.deepEqual(await ben.messages.filter({ visible: true }).locator('> div').allInnerTexts(), ['two'])
  })
})
