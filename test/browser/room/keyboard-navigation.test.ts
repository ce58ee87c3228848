import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { computedStyle, type Person } from '../../support/browser/person.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

/** The text of the focused element; of a message, only what was posted. */
const focused = ({ page }: Person) =>
  page.evaluate<string>(
    "(document.activeElement.querySelector(':scope > div') ?? document.activeElement).textContent.trim()",
  )

browserTest('arrow keys move through the log, and Tab moves into a message', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await openPerson({ viewport: { width: 800, height: 300 } }), await openPerson()]
  await ada.enter(`${url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  const texts = ['one', 'two', 'see https://example.org', 'four', 'five', 'six', 'seven', 'eight']
  for (const text of texts) {
    await ben.posts(text)
    await ben.composerHolds('')
  }
  await ada.sees(...texts)
  const name = (await ada.message('one').locator('bdi').textContent()) ?? ''
  const { keyboard } = ada.page
  const arrives = async (key: string, at: string) => {
    await keyboard.press(key)
    assert.equal(await focused(ada), at, key)
  }
  const script = ada.page.waitForResponse('**/lazy.js')
  await ada.page.locator('.scroller').focus()
  await (await script).finished()
  await eventually(() => arrives('ArrowUp', 'eight'))
  assert.notEqual(await computedStyle(ada.message('eight'), 'outlineStyle'), 'none')
  await arrives('ArrowUp', 'seven')
  await arrives('Home', 'one')
  await ada
    .message('one')
    .and(ada.page.getByRole('article', { name, exact: false }))
    .waitFor()
  await arrives('ArrowUp', 'one')
  await arrives('ArrowDown', 'two')
  await arrives('ArrowDown', 'see https://example.org')
  await arrives('Tab', name)
  const shown = await ada.page.locator(':focus').boundingBox()
  assert.ok(shown && shown.width > 10 && shown.height > 10, 'what has the focus can be seen')
  await arrives('Tab', 'https://example.org')
  await arrives('ArrowDown', 'four')
  await arrives('End', 'eight')
  await arrives('ArrowDown', 'eight')
  const scrolled = () => ada.page.locator('.scroller').evaluate((scroller) => scroller.scrollTop)
  const before = await scrolled()
  await keyboard.press('PageUp')
  await eventually(async () => assert.ok((await scrolled()) < before))
  await keyboard.press('Escape')
  await ada.page.locator('#text:focus').waitFor()
  await arrives('Shift+Tab', name)
  await arrives('Shift+Tab', 'eight')
})
