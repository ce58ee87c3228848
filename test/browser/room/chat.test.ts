import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { computedStyle } from '../../support/browser/person.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()
const WITHOUT_SCRIPTS = { javaScriptEnabled: false }

browserTest('one person makes a room and sends its link, and two people chat', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, bo] = [await openPerson(), await openPerson()]
  await ada.goto(url)
  await ada.page.getByLabel('Room', { exact: true }).fill('Tea at Five!')
  await ada.page.getByRole('button', { name: 'Open it' }).click()
  await ada.waitUntilLive()
  assert.equal(ada.page.url(), `${url}/r/tea-at-five`)

  await ada.page.getByText('Share').click()
  await bo.enter(await ada.page.getByLabel('Anyone with this link').inputValue())
  await ada.posts('Hello?')
  await bo.sees('Hello?')
  await bo.posts('Hello!')
  await ada.sees('Hello?', 'Hello!')
  await ada.posts('How are you?')
  for (const person of [ada, bo]) await person.sees('Hello?', 'Hello!', 'How are you?')
  const ids = await ada.messages.evaluateAll((all) => all.map(({ id }) => id))
  assert.equal(new Set(ids).size, 3)
  assert.deepEqual(await bo.messages.evaluateAll((all) => all.map(({ id }) => id)), ids)
})

browserTest('the author gets the own message only by the stream', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  await ada.enter(`${url}/r/alone`)
  const received = ada.page.waitForResponse((response) => response.url().endsWith('/messages'))
  await ada.posts('only once')
  assert.doesNotMatch(await (await received).text(), /only once/)
  await ada.posts('and again')
  await ada.sees('only once', 'and again')
})

browserTest(
  'Enter sends and empties the composer, which keeps the focus; Shift+Enter breaks the line',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson()
    await ada.enter(`${url}/r/typing`)
    await ada.page.keyboard.type('one')
    await ada.page.keyboard.press('Shift+Enter')
    await ada.page.keyboard.type('two')
    assert.equal(await ada.field.inputValue(), 'one\ntwo')
    await ada.page.keyboard.press('Enter')
    await ada.sees('one\ntwo')
    await ada.composerHolds('')
    await ada.page.keyboard.type('three')
    await ada.page.keyboard.press('Enter')
    await ada.sees('one\ntwo', 'three')
    await ada.page.keyboard.type('four')
    await ada.composer.getByRole('button', { name: 'Send' }).click()
    await ada.sees('one\ntwo', 'three', 'four')
    await ada.page.keyboard.type('five')
    await ada.composerHolds('five')
  },
)

for (const options of [{}, WITHOUT_SCRIPTS]) {
  const how = options === WITHOUT_SCRIPTS ? 'without scripts' : 'with scripts'
  browserTest(`the own messages are on the own side, ${how}`, async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, bo] = [await openPerson(options), await openPerson(options)]
    await ada.enter(`${url}/r/sides`)
    await bo.enter(`${url}/r/sides`)
    await ada.posts('mine')
    for (const person of [ada, bo]) await person.sees('mine')
    assert.equal(await computedStyle(ada.message('mine'), 'alignSelf'), 'flex-end')
    assert.equal(await computedStyle(bo.message('mine'), 'alignSelf'), 'flex-start')
    const [box, log] = [await ada.message('mine').boundingBox(), await ada.messageLog.boundingBox()]
    assert.ok(box && log && box.x + box.width / 2 > log.x + log.width / 2)
  })
}

browserTest('a person with scripts and one without chat with each other', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, bo] = [await openPerson(), await openPerson(WITHOUT_SCRIPTS)]
  await ada.enter(`${url}/r/mixed`)
  await bo.enter(`${url}/r/mixed`)
  await ada.posts('Do you hear me?')
  await bo.sees('Do you hear me?')
  await bo.posts('Clearly')
  for (const person of [ada, bo]) await person.sees('Do you hear me?', 'Clearly')
})

browserTest(
  'a reload shows an empty log and says why; other pages keep their messages',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, bo] = [await openPerson(), await openPerson()]
    await ada.enter(`${url}/r/refresh`)
    await bo.enter(`${url}/r/refresh`)
    await ada.posts('soon gone')
    for (const person of [ada, bo]) await person.sees('soon gone')
    await ada.page.reload()
    await ada.waitUntilLive()
    await ada.sees()
    await ada.messageLog.getByText('Nothing said here is stored').waitFor()
    await bo.sees('soon gone')
    await bo.posts('still here')
    await ada.sees('still here')
  },
)

browserTest('the home page shows how many people are in a listed room', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, bo] = [await openPerson(), await openPerson()]
  await ada.goto(url)
  await ada.page.getByLabel('Room', { exact: true }).fill('Open house')
  await ada.page.getByText('Vanishing and not listed').click()
  await ada.page.getByLabel('List this room').check()
  await ada.page.keyboard.press('Enter')
  await ada.waitUntilLive()
  await bo.goto(url)
  await eventually(async () =>
    assert.equal(await bo.page.getByRole('listitem').textContent(), 'open-house 1 here'),
  )
  await bo.page.getByRole('link', { name: 'open-house' }).click()
  await bo.waitUntilLive()
})
