import assert from 'node:assert/strict'
import { parseSlug } from '../../../src/chat/room.ts'
import { browserTests } from '../../support/browser/browser.ts'
import { computedStyle, type Person } from '../../support/browser/person.ts'
import { eventually } from '../../support/eventually.ts'
import { CuttingProxy } from '../../support/http/cutting-proxy.ts'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { numberedLines } from '../../support/http/post-texts.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const browserTest = browserTests()

/**
 * Makes the kept room “Tea room” with the form of the home page.
 * @returns the owner's link
 */
async function makesRoom({ page }: Person, url: string): Promise<string> {
  await page.goto(url, { waitUntil: 'commit' })
  await page.fill('#room', 'Tea room')
  await page.click('text=Vanishing and not listed')
  assert.equal(await page.locator('#retention').isVisible(), false)
  await page.click('text=stays for later')
  await page.selectOption('#retention', '7d')
  await page.fill('#keep', '20')
  await page.click('text=Open it')
  return page.locator('#owner').inputValue()
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with scripts' : 'without scripts'

  browserTest(
    `a kept room is made, shows its owner’s link once, and is changed and deleted, ${how}`,
    async (t, openPerson) => {
      const { url } = await startServer(t)
      const [ada, ben] = [await openPerson({ javaScriptEnabled }), await openPerson({ javaScriptEnabled })]
      for (const person of [ada, ben]) person.expectErrors(/status of (410|422)/)
      const link = await makesRoom(ada, url)
      assert.match(link, /^http:\/\/[^/]+\/r\/tea-room\/owner\/[\w-]{30,}$/)
      await ada.page.click('text=Enter the room')
      await ada.waitUntilLive()
      assert.equal(ada.page.url(), `${url}/r/tea-room`)
      assert.ok(!(await ada.page.content()).includes(link.slice(-20)))
      await ada.messageLog.getByText('The newest 20 messages here are kept, for 7 days at most.').waitFor()
      await ben.enter(`${url}/r/tea-room`)
      await ben.posts('Is this kept?')
      await ada.sees('Is this kept?')

      await ada.page.click('.people summary')
      await ada.page.click('text=its settings')
      await ada.page.selectOption('#retention', 'forever')
      await ada.page.fill('#keep', 'lots')
      await ada.page.click('text=Save')
      await ada.page.getByText('How many messages last must be a whole number').waitFor()
      assert.equal(await ada.page.inputValue('#keep'), 'lots')
      await ada.page.fill('#keep', '')
      await ada.page.click('text=Save')
      await ada.page.getByText('Saved.').waitFor()
      await ben.messageLog.getByText('The owner changed what is kept. Messages here are kept until').waitFor()

      await ada.page.fill('#confirm', 'another')
      await ada.page.click('button:has-text("Delete")')
      await ada.page.getByText('To delete the room, type its name: tea-room').waitFor()
      await ada.page.fill('#confirm', 'tea-room')
      await ada.page.click('button:has-text("Delete")')
      await ada.page.getByText('The room “tea-room” was deleted by its owner.').waitFor()
      await ben.messageLog.getByText('The owner deleted this room and everything kept in it.').waitFor()
    },
  )
}

browserTest(
  'a page whose room is deleted keeps its messages on the screen, and does not reconnect',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson()
    ada.expectErrors(/status of 410/)
    const owner = new Visitor(url)
    await makeKeptRoom(owner)
    await ada.enter(`${url}/r/tea`)
    await ada.posts('still to be read')
    await ada.sees('still to be read')
    let requests = 0
    await owner.post('/r/tea/delete', { confirm: 'tea' })
    await ada.page.locator('#status[data-state=deleted]').waitFor()
    ada.page.on('request', (request) => {
      if (request.url().includes('/events')) requests++
    })
    assert.deepEqual(await ada.texts(), ['still to be read'])
    await ada.context.setOffline(true)
    await ada.context.setOffline(false)
    await ada.posts('too late')
    await ada.composerHolds('too late', /The room “tea” was deleted by its owner/)
    assert.equal(requests, 0)
    assert.equal(await ada.page.locator('#status').getAttribute('data-state'), 'deleted')
  },
)

browserTest(
  'a page that was offline when its room was deleted says so when it is back',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson()
    ada.expectErrors(/status of 410/, /ERR_INTERNET_DISCONNECTED/, /Failed to fetch/)
    const owner = new Visitor(url)
    await makeKeptRoom(owner)
    await ada.enter(`${url}/r/tea`)
    await ada.context.setOffline(true)
    await owner.post('/r/tea/delete', { confirm: 'tea' })
    await ada.context.setOffline(false)
    await ada.page.locator('#status[data-state=deleted]').waitFor()
    await ada.messageLog.getByText(/was deleted by its owner|The owner deleted this room/).waitFor()
  },
)

browserTest(
  'an open page of an empty vanishing room announces that the room became a kept one',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson()
    await ada.enter(`${url}/r/tea-room`)
    await ada.messageLog.getByText('Nothing said here is stored').waitFor()
    const other = await ada.context.newPage()
    await makesRoom(Object.assign(Object.create(ada), { page: other }), url)
    await ada.messageLog.getByText('This is a kept room now.').waitFor()
    await eventually(async () =>
      assert.equal(await ada.page.locator('#kind').textContent(), 'kept for 7 days'),
    )
    assert.equal(await ada.messageLog.getByText('Nothing said here is stored').count(), 0)
    await ada.waitForStatus('live')
    await ada.posts('from the first')
    await ada.sees('from the first')
    await ada.page.reload({ waitUntil: 'commit' })
    await ada.sees('from the first')
  },
)

browserTest(
  'a page that was cut off while its room became a kept one no longer says that nothing is stored',
  async (t, openPerson) => {
    const { url, chat } = await startServer(t, { awayAfter: 50 })
    const proxy = await CuttingProxy.start(t, url)
    const ada = await openPerson()
    ada.expectErrors(/ERR_/, /^htmx: htmx:(sse:)?error/)
    await ada.enter(`${proxy.url}/r/tea`)
    proxy.refusing = true
    proxy.cut()
    await ada.waitForStatus('reconnecting')
    await eventually(async () => assert.equal(await chat.roster.countHere(parseSlug('tea')), 0))
    await makeKeptRoom(new Visitor(url), { retention: '7d' })
    proxy.refusing = false
    await ada.messageLog.getByText('This is a kept room now. Messages here are kept for 7 days.').waitFor()
    assert.equal(await ada.page.locator('#kind').textContent(), 'kept for 7 days')
    assert.equal(await ada.messageLog.getByText('Nothing said here is stored').count(), 0)
    proxy.cut()
    await ada.waitForStatus('live')
    await ada.posts('the end')
    await ada.sees('the end')
    assert.equal(await ada.messageLog.getByText('This is a kept room now.').count(), 1)
  },
)

browserTest('a button copies the owner’s link', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson({ permissions: ['clipboard-read', 'clipboard-write'] })
  const link = await makesRoom(ada, url)
  await ada.page.click('text=Copy')
  await ada.page.getByText('Copied').waitFor()
  assert.equal(await ada.page.evaluate('navigator.clipboard.readText()'), link)
})

browserTest(
  'on a phone the name of a room is shown whole beside its kind, and a long name is cut',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson({ viewport: { width: 360, height: 740 } })
    await makesRoom(ada, url)
    const cut = () => ada.page.locator('h1').evaluate((name) => name.scrollWidth > name.clientWidth)
    await ada.enter(`${url}/r/tea-room`)
    assert.equal(await cut(), false)
    await ada.enter(`${url}/r/${'x'.repeat(48)}`)
    assert.equal(await cut(), true)
    const [kind, status] = [
      await ada.page.locator('#kind').boundingBox(),
      await ada.page.locator('#status').boundingBox(),
    ]
    assert.ok(kind && status && kind.x + kind.width <= status.x)
  },
)

browserTest('on a phone the buttons in a panel keep their labels', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson({ viewport: { width: 360, height: 740 } })
  await ada.enter(`${url}/r/tea`)
  await ada.page.click('.people summary')
  const notify = ada.page.locator('[data-notify] button')
  await notify.waitFor()
  assert.notEqual(await computedStyle(notify, 'fontSize'), '0px')
})

browserTest('going back to the page that made a room leads to its settings', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  await makesRoom(ada, url)
  await ada.page.click('text=Enter the room')
  await ada.waitUntilLive()
  await ada.page.goBack()
  await ada.page.locator('#retention').waitFor()
  assert.equal(ada.page.url(), `${url}/r/tea-room/settings`)
})

browserTest(
  'a link to a message within a group shows the message below the header, with its author',
  async (t, openPerson) => {
    const server = await startServer(t)
    await createKeptRoom(server, 'tea')
    const ben = new Visitor(server.url)
    await ben.enter('tea')
    await ben.post('/r/tea/name', { name: 'Ben' })
    for (const text of numberedLines(40)) await ben.post('/r/tea/messages', { text })
    const ada = await openPerson({ viewport: { width: 360, height: 740 } })
    await ada.enter(`${server.url}/r/tea`)
    const link = ada.messages.nth(20)
    const [id, text] = [await link.getAttribute('id'), await link.locator('> div').textContent()]
    await ada.goto(`${server.url}/r/tea?around=${id?.slice(1)}#${id}`)
    const target = ada.page.locator('.message:target')
    await target.getByText('Ben').waitFor()
    assert.equal(await target.locator('> div').textContent(), text)
    const [head, name] = [
      await ada.page.locator('.header').boundingBox(),
      await target.locator('> b').boundingBox(),
    ]
    assert.ok(head && name && name.y >= head.y + head.height && name.height > 10)
    assert.equal(await ada.page.evaluate('document.documentElement.scrollWidth'), 360)
  },
)
