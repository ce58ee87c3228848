import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { EmbeddedRoom } from '../../support/browser/embedded-room.ts'
import { HostSite } from '../../support/browser/host-site.ts'
import { WORDPRESS_SCRIPT, wordPressHtml } from '../../support/browser/wordpress.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const browserTest = browserTests()

async function fetchHtml(url: string): Promise<string> {
  const response = await fetch(
    `${url}/oembed?${new URLSearchParams({ url: `${url}/r/tea`, maxwidth: '500' })}`,
    {
      headers: { 'User-Agent': 'WordPress/6.1.9; https://blog.example' },
    },
  )
  return ((await response.json()) as { html: string }).html
}

const page = (html: string) => `<meta name="viewport" content="width=device-width">${html}${WORDPRESS_SCRIPT}`

for (const trusted of [false, true]) {
  const provider = trusted ? 'a trusted provider' : 'an unknown provider'
  browserTest(
    `in WordPress, as ${provider}, a room posts, resizes and is as wide as a phone`,
    async (t, openPerson) => {
      const { url } = await startServer(t)
      const site = await HostSite.start(t)
      const ada = await openPerson({ viewport: { width: 360, height: 700 } })
      const html = await fetchHtml(url)
      await ada.goto(site.servePage('/', page(trusted ? html : wordPressHtml(html))))
      const frame = ada.page.locator('iframe.wp-embedded-content')
      const room = new EmbeddedRoom(ada, 'iframe.wp-embedded-content')
      await room.waitUntilLive()
      await eventually(async () => assert.equal(await ada.page.locator('blockquote').isVisible(), false))
      const size = async () => (await frame.boundingBox()) ?? { width: 0, height: 0 }
      await eventually(async () => assert.ok((await size()).height < 300, `${(await size()).height}`))
      assert.ok((await size()).width <= 360)
      await room.posts('hello')
      await room.sees('hello')
      const before = (await size()).height
      const ben = new Visitor(url)
      await ben.post('/r/tea/messages', { text: 'one\n\ntwo\n\nthree\n\nfour\n\nfive' })
      await eventually(async () => assert.ok((await size()).height > before))
      await ben.post('/r/tea/messages', { text: 'one\n\n'.repeat(30) })
      await eventually(async () => assert.equal((await size()).height, 480))
    },
  )
}

browserTest('in WordPress, a link to the room opens it in place of the page', async (t, openPerson) => {
  const { url } = await startServer(t)
  const site = await HostSite.start(t)
  const ada = await openPerson()
  ada.expectErrors(/Blocked opening/)
  await ada.goto(site.servePage('/', page(wordPressHtml(await fetchHtml(url)))))
  const room = new EmbeddedRoom(ada, 'iframe.wp-embedded-content')
  await room.waitUntilLive()
  await new Visitor(url).post('/r/tea/messages', { text: 'https://other.example/a' })
  await room.frame.getByRole('link', { name: 'https://other.example/a' }).click()
  await room.frame.getByText('does not let it open links').waitFor()
  assert.equal(await room.frame.getByLabel('The address of the link').inputValue(), 'https://other.example/a')
  await room.frame.getByRole('link', { name: 'Open' }).click()
  await ada.page.waitForURL(`${url}/r/tea`)
})
