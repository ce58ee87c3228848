import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { startServer } from '../../support/http/server.ts'

const inChromium = browserTests()

inChromium(
  'the address that a name will have is shown while it is typed, and is the one that it gets',
  async (t, come) => {
    const { url } = await startServer(t)
    const ada = await come()
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

inChromium('visited rooms are remembered by the browser alone, and forgotten when asked', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come()
  for (const room of ['tea', 'milk', 'tea']) await ada.enter(`${url}/r/${room}`)
  await ada.page.goto(url)
  assert.deepEqual(await ada.page.locator('#visited a').allTextContents(), ['tea', 'milk'])
  await ada.page.click('text=Forget them')
  await ada.page.locator('#visited').waitFor({ state: 'hidden' })
  await ada.page.reload()
  assert.equal(await ada.page.locator('#visited').isVisible(), false)
})
