import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

browserTest(
  'the home page shows the address of a room while its name is typed, and the room gets that address',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson()
    for (const name of ['Tea at Five!', '  ＦＵＬＬ width ', 'Über-Straße 9', 'چای می‌خواهم']) {
      await ada.page.goto(url)
      await ada.page.fill('#room', name)
      const shown = await ada.page.locator('#address').textContent()
      await ada.page.keyboard.press('Enter')
      await ada.page.waitForURL(/\/r\//)
      assert.equal(shown, decodeURI(ada.page.url()).replace('http://', ''))
    }
  },
)

browserTest(
  'only the browser remembers visited rooms, and it forgets them on request',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson()
    for (const room of ['tea', 'milk', 'tea']) await ada.enter(`${url}/r/${room}`)
    await ada.page.goto(url)
    assert.deepEqual(await ada.page.locator('#visited a').allTextContents(), ['tea', 'milk'])
    await ada.page.click('text=Forget them')
    await ada.page.locator('#visited').waitFor({ state: 'hidden' })
    await ada.page.reload()
    assert.equal(await ada.page.locator('#visited').isVisible(), false)
  },
)
