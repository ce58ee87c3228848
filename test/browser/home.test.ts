import assert from 'node:assert/strict'
import { browserTests } from '../support/browser.ts'
import { startServer } from '../support/server.ts'

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

inChromium('a draft outlives a reload of its tab, and is nobody else’s', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come()
  await ada.enter(`${url}/r/tea`)
  await ada.field.fill('half a thought')
  await ada.page.reload({ waitUntil: 'commit' })
  await ada.isLive()
  assert.equal(await ada.field.inputValue(), 'half a thought')
  await ada.enter(`${url}/r/milk`)
  assert.equal(await ada.field.inputValue(), '')
  await ada.enter(`${url}/r/tea`)
  await ada.field.press('Enter')
  await ada.message('half a thought').waitFor()
  await ada.page.reload({ waitUntil: 'commit' })
  await ada.isLive()
  assert.equal(await ada.field.inputValue(), '')
})

inChromium('near the end of what fits the composer says how much is left', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come()
  await ada.enter(`${url}/r/tea`)
  const left = ada.page.locator('.left')
  await ada.field.fill('x'.repeat(3000))
  assert.equal(await left.isVisible(), false)
  await ada.field.fill('é'.repeat(2000))
  assert.equal(await left.textContent(), '96 left')
  await ada.field.fill('x'.repeat(4100))
  assert.equal(await left.textContent(), '4 too many')
  await ada.field.fill('x'.repeat(4000))
  assert.equal(await left.textContent(), '96 left')
  const [field, told] = [await ada.field.boundingBox(), await left.boundingBox()]
  assert.ok(field && told && told.y + told.height <= field.y, 'above the field, not beside it')
  await ada.field.press('Enter')
  await ada.message('xxxx').waitFor()
  await left.waitFor({ state: 'hidden' })
})
