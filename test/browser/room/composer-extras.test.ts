import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { onEachScreen } from '../../support/browser/screens.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }

/** Types a text, so that the page loads the script for writing. */
async function startWriting({ page, field }: Person): Promise<void> {
  const response = page.waitForResponse('**/lazy.js')
  await field.fill('something')
  await (await response).finished()
  await page.locator('.bytes-left').waitFor({ state: 'attached' })
}

browserTest('a sent message is shown at once, and replaced by the real one', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  await ada.enter(`${url}/r/tea`)
  const held = Promise.withResolvers<void>()
  await ada.page.route('**/messages', async (route) => {
    await held.promise
    await route.continue()
  })
  await startWriting(ada)
  await ada.sends('soon')
  await ada.page.locator('.pending').filter({ hasText: 'soon' }).waitFor()
  assert.equal(await ada.messages.count(), 0)
  held.resolve()
  await ada.message('soon').waitFor()
  await ada.page.locator('.pending').waitFor({ state: 'detached' })
  assert.equal(await ada.messages.count(), 1)
})

browserTest('a message that comes before the response to its post is shown once', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  await ada.enter(`${url}/r/tea`)
  const held = Promise.withResolvers<void>()
  await ada.page.route('**/messages', async (route) => {
    const response = await route.fetch()
    await held.promise
    await route.fulfill({ response })
  })
  await startWriting(ada)
  await ada.sends('*soon* `there`')
  await ada.message('soon').waitFor()
  assert.equal(await ada.page.locator('.pending').count(), 0)
  held.resolve()
  await ada.posts('and then')
  await ada.sees('soon there', 'and then')
  await ada.page.locator('.pending').waitFor({ state: 'detached' })
})

browserTest('on a phone Enter breaks the line and the button sends', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson(PHONE)
  await ada.enter(`${url}/r/phone`)
  await ada.field.pressSequentially('one')
  await ada.field.press('Enter')
  await ada.field.pressSequentially('two')
  await ada.page.getByRole('button', { name: 'Send' }).tap()
  await ada.sees('one\ntwo')
  await ada.page.keyboard.type('the keyboard stays')
  await ada.composerHolds('the keyboard stays')
})

browserTest(
  'unsent text survives a reload of its tab, and appears in no other room',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson()
    await ada.enter(`${url}/r/tea`)
    await ada.field.fill('half a thought')
    await ada.page.reload({ waitUntil: 'commit' })
    await ada.waitUntilLive()
    assert.equal(await ada.field.inputValue(), 'half a thought')
    await ada.enter(`${url}/r/milk`)
    assert.equal(await ada.field.inputValue(), '')
    await ada.enter(`${url}/r/tea`)
    await ada.field.press('Enter')
    await ada.message('half a thought').waitFor()
    await ada.page.reload({ waitUntil: 'commit' })
    await ada.waitUntilLive()
    assert.equal(await ada.field.inputValue(), '')
  },
)

browserTest('near the maximum length the composer shows how much is left', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  await ada.enter(`${url}/r/tea`)
  const left = ada.page.locator('.bytes-left')
  await ada.field.fill('x'.repeat(3000))
  assert.equal(await left.isVisible(), false)
  await ada.field.fill('é'.repeat(2000))
  assert.equal(await left.textContent(), '96 left')
  await ada.field.fill('x'.repeat(4100))
  assert.equal(await left.textContent(), '4 too many')
  await ada.field.fill('x'.repeat(4000))
  assert.equal(await left.textContent(), '96 left')
  const [field, hint] = [await ada.field.boundingBox(), await left.boundingBox()]
  assert.ok(field && hint && hint.y + hint.height <= field.y, 'above the field, not beside it')
  await ada.field.press('Enter')
  await ada.message('xxxx').waitFor()
  await left.waitFor({ state: 'hidden' })
})

browserTest(
  'the composer grows with its text to a third of the screen, and shrinks again',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson()
    await ada.enter(`${url}/r/tea`)
    await startWriting(ada)
    const height = async () => (await ada.field.boundingBox())?.height ?? 0
    await onEachScreen(ada, async (where) => {
      const third = (ada.page.viewportSize()?.height ?? 0) / 3
      await ada.field.fill('one')
      const one = await height()
      await ada.field.fill('one\ntwo\nthree')
      const three = await height()
      await ada.field.fill('line\n'.repeat(60))
      const many = await height()
      assert.ok(one >= 44 && one < three && three < many, `${where}: ${one}, ${three}, ${many}`)
      assert.ok(many <= third && many >= third - 30, `${where}: ${many} of ${third * 3}`)
      await ada.field.fill('')
      assert.equal(await height(), one)
    })
  },
)
