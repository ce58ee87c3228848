import assert from 'node:assert/strict'
import { findAxeViolations } from '../../support/browser/axe.ts'
import { browserTests } from '../../support/browser/browser.ts'
import { EmbeddedRoom } from '../../support/browser/embedded-room.ts'
import { HostSite } from '../../support/browser/host-site.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const browserTest = browserTests()

const frame = (address: string, more = '') =>
  `<iframe src="${address}" title="Chat" width="400" height="300" ${more}></iframe>`

browserTest(
  'in a page that may not embed a room, the browser refuses to load the frame',
  async (t, openPerson) => {
    const site = await HostSite.start(t)
    const { url } = await startServer(t, { embedOrigins: [site.origin('a.localhost')] })
    const ada = await openPerson()
    ada.expectErrors(/frame-ancestors/, /ERR_BLOCKED_BY_RESPONSE/)
    const address = site.servePage('/', frame(`${url}/embed/tea?host=${site.origin()}`))
    await ada.page.goto(address)
    const [, refused] = ada.page.frames()
    assert.equal(await refused?.evaluate('location.protocol'), 'chrome-error:')
    assert.match(ada.unexpectedErrors.join(), /^$/)
    await ada.page.goto(address.replace('localhost', 'a.localhost'))
    await new EmbeddedRoom(ada, 'iframe').waitUntilLive()
  },
)

browserTest(
  'an embed has no control of the room’s owner that a click could be stolen for',
  async (t, openPerson) => {
    const server = await startServer(t)
    const { url } = server
    await createKeptRoom(server, 'tea', 'the-token')
    const site = await HostSite.start(t)
    const owner = await openPerson()
    // The error page of the browser itself logs an error.
    owner.expectErrors(/frame-ancestors/, /ERR_BLOCKED_BY_RESPONSE/, /status of 403 \(\)/)
    // As if the browser sent its cookies from frames in any site.
    await owner.context.addCookies([{ name: 'snug-owner', value: 'the-token', url }])
    await owner.context.route(`${url}/embed/**`, (route) =>
      route.continue({ headers: { ...route.request().headers(), cookie: 'snug-owner=the-token' } }),
    )
    const frames = ['/r/tea', '/r/tea/settings', '/r/tea/owner/the-token', '/me', '/'].map((path) =>
      frame(url + path),
    )
    await owner.page.goto(site.servePage('/', frame(`${url}/embed/tea`, 'id="room"') + frames.join('')))
    const room = new EmbeddedRoom(owner, '#room')
    await room.waitUntilLive()
    await new Visitor(url).post('/r/tea/messages', { text: 'somebody’s' })
    await room.message('somebody’s').locator('> div').click()
    await room.frame.locator('summary').click()
    const controls = await room.frame
      .locator('a, button, form, [role=button]')
      .evaluateAll((all) =>
        all.map(
          (one) => `${one.textContent} ${one.getAttribute('href') ?? one.getAttribute('action') ?? ''}`,
        ),
      )
    assert.ok(controls.length > 3)
    assert.doesNotMatch(controls.join('\n'), /settings|owner|delete|edit|\/r\/tea\//i)
    assert.equal(await room.frame.locator('#log').getAttribute('data-kept'), 'reader')
    for (const refused of owner.page.frames().slice(2))
      assert.equal(await refused.evaluate('location.protocol'), 'chrome-error:')
  },
)

browserTest('axe finds nothing in an embed', async (t, openPerson) => {
  const { url } = await startServer(t)
  const site = await HostSite.start(t)
  const ada = await openPerson()
  const html = [
    frame(`${url}/embed/tea?accent=2b6e3f`, 'id="tea"'),
    frame(`${url}/embed/shop?readonly&density=compact`),
  ]
  await ada.goto(site.servePage('/', `<html lang="en"><main><h1>A page</h1>${html.join('')}</main>`))
  const room = new EmbeddedRoom(ada, '#tea')
  await room.waitUntilLive()
  await room.posts('Hello')
  await room.sees('Hello')
  await new Visitor(url).post('/r/tea/messages', { text: 'Hello back' })
  await room.sees('Hello', 'Hello back')
  // Two rooms in one page have the same landmarks.
  assert.deepEqual(await findAxeViolations(ada.page, ['landmark-unique']), [])
})
