import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { eventually } from '../../support/eventually.ts'
import { CuttingProxy } from '../../support/http/cutting-proxy.ts'
import { numberedLines, postTexts } from '../../support/http/post-texts.ts'
import { createKeptRoom, restartableServer, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const browserTest = browserTests()

// Of several edits of a message only the newest is kept, so that 350 changes are some 230 missed events.
for (const count of [1, 150, 350]) {
  browserTest(
    `P6: a page that missed ${count} changes shows in the end what a new page shows`,
    async (t, openPerson) => {
      const server = await startServer(t)
      const proxy = await CuttingProxy.start(t, server.url)
      await createKeptRoom(server, 'tea')
      const writer = new Visitor(server.url)
      const ids = await postTexts(writer, 'tea', ...numberedLines(60))
      const ada = await openPerson()
      ada.expectErrors(/^Failed to load resource: net::ERR_/, /^htmx: htmx:(sse:)?error/)
      await ada.enter(`${proxy.url}/r/tea`)
      proxy.refusing = true
      proxy.cut()
      await ada.waitForStatus('reconnecting')
      for (let n = 0; n < count - 1; n += 5) {
        await postTexts(writer, 'tea', `more ${n}`, `more ${n + 1}`, `more ${n + 2}`)
        await writer.post(`/r/tea/messages/${ids[10 + (n % 50)]}`, { text: `edited ${n}` })
        await writer.post(`/r/tea/messages/${ids[11 + (n % 50)]}/delete`, {})
      }
      await postTexts(writer, 'tea', 'the end')
      proxy.refusing = false
      await ada.message('the end').waitFor()
      const fresh = await openPerson()
      await fresh.enter(`${server.url}/r/tea`)
      await fresh.message('the end').waitFor()
      const expected = await fresh.texts()
      const shown = (await ada.texts()).filter((text) => text !== 'Deleted')
      assert.deepEqual(shown.slice(-expected.length), expected.slice(-shown.length))
      assert.equal(await ada.page.locator('.gap').count(), count > 200 ? 1 : 0)
      assert.equal(await ada.page.locator('.day').count(), 1)
      const before = await ada.messages.count()
      await ada.page.locator('.older').scrollIntoViewIfNeeded()
      await eventually(async () => assert.ok((await ada.messages.count()) > before))
    },
  )
}

browserTest(
  'P6: a page continues after a restart of the server, and misses nothing',
  async (t, openPerson) => {
    const start = await restartableServer(t)
    const server = await start()
    await createKeptRoom(server, 'tea')
    const ada = await openPerson()
    ada.expectErrors(/ERR_/, /^htmx: htmx:(sse:)?error/, /Failed to fetch/)
    await ada.enter(`${server.url}/r/tea`)
    await ada.posts('before')
    await ada.sees('before')
    await server.stop()
    await ada.waitForStatus('reconnecting')
    const again = await start()
    const writer = new Visitor(again.url)
    await postTexts(writer, 'tea', 'meanwhile')
    await ada.sees('before', 'meanwhile')
    await ada.waitForStatus('live')
    await ada.posts('after')
    await ada.sees('before', 'meanwhile', 'after')
  },
)
