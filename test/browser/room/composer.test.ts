import assert from 'node:assert/strict'
import type { Route } from 'playwright-core'
import { browserTests } from '../../support/browser/browser.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

const POSTS = '**/messages'
const UNREACHED = [/^Failed to load resource/, /^htmx: htmx:error/]
const TOO_LONG = 'tea '.repeat(1250)

browserTest('a second Enter or a double click posts nothing more', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  await ada.enter(`${url}/r/double`)
  await ada.field.fill('by keys')
  await Promise.all([ada.page.keyboard.press('Enter'), ada.page.keyboard.press('Enter')])
  await ada.sees('by keys')
  await ada.field.fill('by clicks')
  await ada.page.getByRole('button', { name: 'Send' }).dblclick()
  await ada.posts('the last')
  await ada.sees('by keys', 'by clicks', 'the last')
})

browserTest('P5: a post that the network sends twice is one message', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  await ada.enter(`${url}/r/twice`)
  await ada.page.route(POSTS, async (route) => {
    await route.fetch()
    await route.continue()
  })
  await ada.posts('once')
  await ada.posts('the last')
  await ada.sees('once', 'the last')
})

browserTest('text typed while posts are under way is not lost', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  await ada.enter(`${url}/r/quick`)
  const slow = Promise.withResolvers<void>()
  let posts = 0
  await ada.page.route(POSTS, async (route) => {
    posts++
    await slow.promise
    await route.continue()
  })
  await ada.sends('one')
  await ada.sends('two')
  await ada.field.pressSequentially('half a thr')
  await ada.field.press('ArrowLeft')
  slow.resolve()
  await ada.sees('one', 'two')
  assert.equal(posts, 2)
  await ada.page.keyboard.type('*')
  await ada.composerHolds('half a th*r')
})

browserTest('an input method continues composing when a response comes', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  await ada.enter(`${url}/r/kana`)
  const slow = Promise.withResolvers<void>()
  await ada.page.route(POSTS, async (route) => {
    await slow.promise
    await route.continue()
  })
  await ada.sends('one')
  const keyboard = await ada.context.newCDPSession(ada.page)
  await keyboard.send('Input.imeSetComposition', { text: 'にほ', selectionStart: 2, selectionEnd: 2 })
  const answered = ada.page.waitForResponse((response) => response.url().endsWith('/messages'))
  slow.resolve()
  await (await answered).finished()
  await ada.sees('one')
  await keyboard.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 })
  await keyboard.send('Input.insertText', { text: '日本' })
  await ada.composerHolds('日本')
})

browserTest('a refused post stays in the composer, beside the reason', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  ada.expectErrors(/^Failed to load resource.* 413/)
  await ada.enter(`${url}/r/refused`)
  await ada.posts(TOO_LONG)
  await ada.composerHolds(TOO_LONG, /too long/)
  await ada.page.keyboard.press('End')
  await ada.posts('shorter')
  await ada.sees('shorter')
  await ada.composerHolds('')
})

browserTest('text typed after sending stays below the text of a failed post', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  ada.expectErrors(...UNREACHED)
  await ada.enter(`${url}/r/both`)
  const slow = Promise.withResolvers<void>()
  await ada.page.route(POSTS, async (route) => {
    await slow.promise
    await route.abort()
  })
  await ada.sends('one')
  await ada.sends('two')
  await ada.field.pressSequentially('thr')
  slow.resolve()
  await ada.composerHolds('one\ntwo\nthr', /can’t be reached/)
})

for (const isAccepted of [false, true]) {
  const how = isAccepted ? 'had taken it, and its answer was lost' : 'could not be reached'
  browserTest(
    `P5: a post is kept and sent again as one message if the server ${how}`,
    async (t, openPerson) => {
      const { url } = await startServer(t)
      const ada = await openPerson()
      ada.expectErrors(...UNREACHED)
      await ada.enter(`${url}/r/lost-${isAccepted}`)
      await ada.page.route(POSTS, async (route) => {
        if (isAccepted) await route.fetch()
        await route.abort('connectionreset')
      })
      await ada.posts('once')
      await ada.composerHolds('once', /can’t be reached/)
      await ada.page.unroute(POSTS)
      await ada.field.press('Enter')
      await ada.composerHolds('')
      await ada.posts('the last')
      await ada.sees('once', 'the last')
    },
  )
}

const broken: Record<string, (route: Route) => Promise<void>> = {
  'a proxy’s error page': (route) =>
    route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad Gateway</h1>' }),
  'a page where a composer should be': (route) =>
    route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>Log in to this network</h1>' }),
  'a server that drains': (route) =>
    route.fulfill({ status: 503, contentType: 'text/plain', body: 'Busy.', headers: { 'Retry-After': '1' } }),
}

for (const [what, respond] of Object.entries(broken)) {
  browserTest(`the composer and its text survive ${what}`, async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson()
    ada.expectErrors(...UNREACHED)
    await ada.enter(`${url}/r/broken`)
    await ada.page.route(POSTS, respond, { times: 1 })
    await ada.posts('once')
    await ada.composerHolds('once', /can’t be reached|Busy/)
    assert.equal(await ada.page.getByRole('heading').count(), 1)
    await ada.field.press('Enter')
    await ada.sees('once')
    await eventually(async () => assert.equal(await ada.field.inputValue(), ''))
  })
}
