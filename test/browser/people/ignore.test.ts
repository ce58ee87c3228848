import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

browserTest(
  'an ignored member is hidden only in this browser, also after a reload, until shown again',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, ben] = [await openPerson(), await openPerson()]
    await ada.enter(`${url}/r/tea`)
    await ben.enter(`${url}/r/tea`)
    await ben.posts('noise')
    await ada.message('noise').locator('bdi').click()
    await ada.page.locator('#message-actions button').first().click()
    await ada.message('noise').waitFor({ state: 'hidden' })
    await ada.page.reload({ waitUntil: 'commit' })
    await ada.waitUntilLive()
    await ben.posts('more noise')
    await ada.message('more noise').waitFor({ state: 'attached' })
    assert.equal(await ada.message('more noise').isVisible(), false)
    assert.equal(await ben.message('more noise').isVisible(), true)
    await ada.page.locator('.ignored button').click()
    await ada.message('more noise').waitFor()
  },
)

browserTest('two pages of one room ignore the same people', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await openPerson(), await openPerson()]
  await ada.enter(`${url}/r/tea`)
  await ben.enter(`${url}/r/tea`)
  const other = await ada.context.newPage()
  await other.goto(`${url}/r/tea`)
  await other.locator('#status[data-state=live]').waitFor()
  await ben.posts('noise')
  const there = other.locator('.message', { hasText: 'noise' })
  await there.waitFor()
  // Chromium delays pages that are behind another one.
  await ada.page.bringToFront()
  await ada.message('noise').locator('bdi').click()
  await ada.page.locator('#message-actions button').first().click()
  await there.waitFor({ state: 'hidden' })
  await other.bringToFront()
  await other.locator('.ignored button').click()
  await there.waitFor()
  await ada.message('noise').waitFor()
  assert.equal(await ada.page.locator('.ignored button').count(), 0)
})
