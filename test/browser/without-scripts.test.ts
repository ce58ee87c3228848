import assert from 'node:assert/strict'
import { browserTests } from '../support/browser/browser.ts'
import type { Person } from '../support/browser/person.ts'
import { navigate } from '../support/browser/submit.ts'
import { eventually } from '../support/eventually.ts'
import { CuttingProxy } from '../support/http/cutting-proxy.ts'
import { numberedLines, postTexts } from '../support/http/post-texts.ts'
import { createKeptRoom, startServer } from '../support/http/server.ts'
import { Visitor } from '../support/http/visitor.ts'

const browserTest = browserTests()
const WITHOUT_SCRIPTS = { javaScriptEnabled: false }

/** Counts the loads of frames with this address from now on. */
function countLoads({ page }: Person, address: RegExp): () => number {
  let loads = 0
  page.on('framenavigated', (frame) => {
    if (address.test(frame.url())) loads++
  })
  return () => loads
}

browserTest('two people without scripts chat live, and no log is reloaded', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, bo] = [await openPerson(WITHOUT_SCRIPTS), await openPerson(WITHOUT_SCRIPTS)]
  const loads = [ada, bo].map((person) => countLoads(person, /live\.html/))
  await ada.goto(url)
  await ada.page.getByLabel('Room', { exact: true }).fill('No Scripts')
  await ada.page.keyboard.press('Enter')
  await ada.waitUntilLive()
  await bo.enter(`${url}/r/no-scripts`)
  await ada.posts('Hello?')
  await bo.sees('Hello?')
  await bo.posts('Hello!')
  await ada.sees('Hello?', 'Hello!')
  await ada.posts('How are you?')
  for (const person of [ada, bo]) await person.sees('Hello?', 'Hello!', 'How are you?')
  assert.deepEqual(
    loads.map((count) => count()),
    [1, 1],
  )
})

browserTest('the composer’s frame posts, and is then empty and ready again', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson(WITHOUT_SCRIPTS)
  await ada.enter(`${url}/r/plain`)
  const loads = countLoads(ada, /\/composer(#|$)/)
  await ada.field.click()
  await ada.page.keyboard.type('one')
  await ada.page.keyboard.press('Enter')
  await ada.sees('one')
  await eventually(async () => assert.equal(loads(), 1))
  await ada.composerHolds('')
  await ada.composer.locator('[name=text]:focus').waitFor()
  await ada.page.keyboard.type('two')
  await ada.page.keyboard.press('Enter')
  await ada.sees('one', 'two')
})

browserTest('several lines can be written without scripts', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson(WITHOUT_SCRIPTS)
  await ada.enter(`${url}/r/lines`)
  await ada.composer.getByRole('link', { name: 'Several lines' }).click()
  await ada.composer.locator('textarea').fill('one\ntwo')
  await ada.composer.getByRole('button', { name: 'Send' }).click()
  await ada.sees('one\ntwo')
  await ada.composer.locator('textarea').waitFor()
  await ada.composerHolds('')
  await ada.composer.getByRole('link', { name: 'One line' }).click()
  await ada.composer.locator('input[name=text]').waitFor()
})

browserTest('a refused post comes back into the frame with the reason', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson(WITHOUT_SCRIPTS)
  ada.expectErrors(/^Failed to load resource.* (413|422)/)
  await ada.enter(`${url}/r/refused`)
  const long = 'tea '.repeat(1250)
  await ada.posts(long)
  await ada.composerHolds(long, /too long/)
  await ada.posts('   ')
  await ada.composerHolds('   ', /nothing in this message/)
  await ada.posts('shorter')
  await ada.sees('shorter')
  await ada.composerHolds('')
})

browserTest('P5: a form that the network sends twice makes one message', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson(WITHOUT_SCRIPTS)
  await ada.enter(`${url}/r/twice`)
  await ada.page.route('**/messages', async (route) => {
    await route.fetch({ maxRedirects: 0 })
    await route.continue()
  })
  await ada.posts('once')
  await ada.composerHolds('')
  await ada.posts('the last')
  await ada.sees('once', 'the last')
})

browserTest(
  'P9: a log that is renewed continues where it was, and every message comes once',
  async (t, openPerson) => {
    const { url } = await startServer(t, { heartbeat: 200, streamLife: 1500 })
    let sent = ''
    const proxy = await CuttingProxy.start(t, url, (chunk) => {
      sent += chunk
      return chunk
    })
    const [ada, bo] = [await openPerson(WITHOUT_SCRIPTS), await openPerson()]
    const loads = countLoads(ada, /live\.html/)
    await ada.enter(`${proxy.url}/r/renewed`)
    await bo.enter(`${url}/r/renewed`)
    const posted: string[] = []
    const saysNext = async () => {
      posted.push(`message ${posted.length}`)
      await bo.posts(posted.at(-1) ?? '')
      await bo.composerHolds('')
    }
    while (loads() < 3) await saysNext()
    await saysNext()
    await ada.message(posted.at(-1) ?? '').waitFor()
    assert.deepEqual(
      [...sent.matchAll(/>(message \d+)</g)].map(([, text]) => text),
      posted,
    )
    assert.match(
      (await ada.messageLog.locator('.notice').first().textContent()) ?? '',
      /What was above has vanished/,
    )
    const texts = await ada.texts()
    assert.deepEqual(texts, posted.slice(-texts.length))
  },
)

browserTest('a reload without scripts shows an empty log and says why', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson(WITHOUT_SCRIPTS)
  await ada.enter(`${url}/r/refresh`)
  await ada.posts('soon gone')
  await ada.sees('soon gone')
  await ada.page.reload({ waitUntil: 'commit' })
  await ada.waitUntilLive()
  await ada.sees()
  await ada.messageLog.getByText('Nothing said here is stored').waitFor()
})

browserTest(
  'without scripts a member takes a name, sees who is here, shares the room and leaves, and keeps the log',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, bo] = [await openPerson(WITHOUT_SCRIPTS), await openPerson(WITHOUT_SCRIPTS)]
    await bo.enter(`${url}/r/verbs`)
    await ada.enter(`${url}/r/verbs`)
    await bo.posts('still there')
    await ada.sees('still there')
    // A name that is taken sooner is announced as the name of a member who joins.
    await bo.messageLog.locator('.presence-line span:visible', { hasText: 'joined' }).waitFor()
    await ada.composer.getByRole('link', { name: /^You are / }).click()
    await ada.composer.getByLabel('Your name here').fill('Ada')
    await ada.composer.getByRole('button', { name: 'Change' }).click()
    await ada.composer.getByRole('link', { name: 'You are Ada' }).waitFor()
    await bo.messageLog.getByText(/is now .Ada/).waitFor()
    await bo.composer.getByRole('link', { name: 'Who is here' }).click()
    await bo.composer.getByText('Here now: 2').waitFor()
    await bo.composer.getByRole('listitem').filter({ hasText: 'Ada' }).waitFor()
    await ada.sees('still there')
    await ada.page.locator('.share > summary').click()
    assert.equal(await ada.page.locator('#link').inputValue(), `${url}/r/verbs`)
    const qr = ada.page.getByRole('img', { name: 'QR code of the link to verbs' })
    await eventually(async () =>
      assert.ok(await qr.evaluate((image) => image.complete && image.naturalWidth > 0)),
    )
    await ada.page.locator('.share > summary').click()
    await ada.page.getByRole('button', { name: 'Leave' }).click()
    await ada.page.waitForURL(`${url}/`)
    const again = bo.composer.getByRole('link', { name: 'Look again' })
    await eventually(async () => {
      await navigate(bo.page, again, () => again.click())
      assert.equal(await bo.composer.getByRole('heading').textContent(), 'Here now: 1')
    })
    await bo.composer.getByRole('link', { name: 'Back to writing' }).click()
    await bo.posts('gone')
    await bo.sees('still there', 'gone')
  },
)

browserTest(
  'without scripts earlier messages can be found, and own messages edited',
  async (t, openPerson) => {
    const server = await startServer(t)
    await createKeptRoom(server, 'tea')
    await postTexts(new Visitor(server.url), 'tea', ...numberedLines(60))
    const ada = await openPerson(WITHOUT_SCRIPTS)
    await ada.enter(`${server.url}/r/tea`)
    // The second message of a group has no name above it, but it has its time.
    for (const text of ['one', 'two']) {
      await ada.posts(text)
      await ada.message(text).last().waitFor()
    }
    await ada.message('two').last().locator('time a').click()
    await ada.page.getByRole('link', { name: 'Change or delete this message' }).click()
    await ada.page.locator('#text').fill('two, changed')
    await ada.page.getByRole('button', { name: 'Save' }).click()
    await ada.page.locator('.message:target', { hasText: 'two, changed' }).waitFor()
    await ada.page.getByRole('link', { name: 'Older messages' }).click()
    await ada.page.getByText('line 5', { exact: true }).waitFor()
    await ada.page.getByRole('link', { name: 'Newest messages' }).click()
    await ada.waitUntilLive()
    await ada.message('two, changed').waitFor()
  },
)

browserTest(
  'the static log shows new messages at each refresh, and posts to the others',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, bo] = [await openPerson(WITHOUT_SCRIPTS), await openPerson()]
    await bo.enter(`${url}/r/still`)
    await ada.goto(`${url}/r/still`)
    await ada.page.locator('.people summary').click()
    await ada.page.locator('.people a', { hasText: 'This room as a page that you refresh yourself' }).click()
    const messages = ada.page.locator('.message > div')
    const shows = (...texts: string[]) =>
      eventually(async () => assert.deepEqual(await messages.allInnerTexts(), texts))
    const follows = (name: string) => {
      const link = ada.page.getByRole('link', { name, exact: true })
      return navigate(ada.page, link, () => link.click())
    }
    await ada.page.getByText('New messages appear when you refresh.').waitFor()
    for (const text of ['one', 'two']) await bo.posts(text)
    await bo.sees('one', 'two')
    await follows('Refresh')
    await shows('one', 'two')
    const posts = async (text: string) => {
      const field = ada.page.getByLabel('Message')
      await field.fill(text)
      await ada.submits(field, () => ada.page.getByRole('button', { name: 'Send' }).click())
    }
    await posts('three')
    await bo.sees('one', 'two', 'three')
    await ada.page.getByText('three').waitFor()
    await shows('three')
    await follows('Refresh')
    await ada.page.getByText('Nothing new.').waitFor()
    await shows()
    const name = ada.page.getByLabel('Your name here')
    await name.fill('Ada')
    await ada.submits(name, () => ada.page.getByRole('button', { name: 'Change' }).click())
    await eventually(async () => assert.equal(await name.inputValue(), 'Ada'))
    const waiting = follows('Wait for the next message')
    await bo.page.locator('.presence-line', { hasText: 'Ada' }).waitFor()
    await bo.posts('four')
    await waiting
    await ada.page.getByText('four').waitFor()
    await shows('four')
    ada.expectErrors(/^Failed to load resource.* (413|422|409)/)
    await posts('  ')
    await ada.page.getByText('There is nothing in this message yet.').waitFor()
    await posts('five')
    await ada.page.getByText('five').waitFor()
    await shows('five')
  },
)

/** The boxes of an element in the composer's frame and of the frame. */
async function placeIn({ page, composer }: Person, selector: string) {
  const [inner, frame] = [
    await composer.locator(selector).last().boundingBox(),
    await page.locator('iframe.composer-frame').boundingBox(),
  ]
  assert.ok(inner && frame)
  return { inner, frame }
}

browserTest(
  'on a phone the composer’s frame has room for several lines, a long word beside Send, and free names',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson({ ...WITHOUT_SCRIPTS, viewport: { width: 360, height: 740 } })
    await ada.enter(`${url}/r/tea`)
    await ada.composer.getByText('Several lines').click()
    await ada.composer.locator('textarea').fill(`a\nb\nhttps://example.org/${'c'.repeat(300)}`)
    const field = await placeIn(ada, 'textarea')
    assert.ok(field.inner.height > 80, `${field.inner.height}`)
    const { inner, frame } = await placeIn(ada, 'button')
    assert.ok(inner.x + inner.width <= frame.x + frame.width, JSON.stringify(inner))

    const bob = new Visitor(url)
    await bob.enter('tea')
    await bob.post('/r/tea/name', { name: 'Bob' })
    ada.expectErrors(/status of 409/)
    await ada.composer.getByText('You are').click()
    await ada.composer.locator('#name').fill('bob')
    await ada.composer.getByText('Change').click()
    const offer = await placeIn(ada, '.suggestions button')
    assert.ok(offer.inner.y + offer.inner.height <= offer.frame.y + offer.frame.height, JSON.stringify(offer))
  },
)
