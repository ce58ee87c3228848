import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { eventually } from '../../support/eventually.ts'
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
  const noise = other.locator('.message', { hasText: 'noise' })
  await noise.waitFor()
  // Chromium delays pages that are behind another one.
  await ada.page.bringToFront()
  await ada.message('noise').locator('bdi').click()
  await ada.page.locator('#message-actions button').first().click()
  await noise.waitFor({ state: 'hidden' })
  await other.bringToFront()
  await other.locator('.ignored button').click()
  await noise.waitFor()
  await ada.message('noise').waitFor()
  assert.equal(await ada.page.locator('.ignored button').count(), 0)
})

browserTest(
  'an ignored person’s new names, comings and typing are hidden, too, until shown again',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, ben] = [await openPerson(), await openPerson()]
    await ada.enter(`${url}/r/tea`)
    await ben.enter(`${url}/r/tea`)
    await ben.posts('noise')
    await ada.message('noise').locator('bdi').click()
    await ada.page.locator('#message-actions button').first().click()
    await ada.message('noise').waitFor({ state: 'hidden' })
    await ben.page.click('.people summary')
    await ben.page.fill('#name', 'Look At Me')
    await ben.page.press('#name', 'Enter')
    const renaming = ada.messageLog.locator('.presence-line > span', { hasText: 'Look At Me' })
    await renaming.waitFor({ state: 'attached' })
    assert.equal(await renaming.isVisible(), false)
    assert.equal(await ada.messageLog.locator('.presence-line:visible').count(), 0)
    const cay = await openPerson()
    await cay.enter(`${url}/r/tea`)
    // Others are still shown, in the same line.
    await ada.messageLog.locator('.presence-line > span:visible', { hasText: 'joined' }).waitFor()
    assert.equal(await renaming.isVisible(), false)
    // Typing is announced once in three seconds, and Ben has just typed “noise”.
    await eventually(async () => {
      await ben.page.locator('#text').pressSequentially('.')
      assert.match((await cay.page.locator('#typing').textContent()) ?? '', /Look At Me/)
    })
    assert.equal(await ada.page.locator('#typing').textContent(), '')
    await ada.page.locator('.ignored button').click()
    await renaming.waitFor()
  },
)
