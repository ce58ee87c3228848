import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'

const inChromium = browserTests()

const TABLET = { viewport: { width: 820, height: 1180 }, isMobile: true, hasTouch: true }

/** The keyboard of somebody with an input method. */
async function openInputMethod({ context, page }: Person) {
  const session = await context.newCDPSession(page)
  return {
    compose: (text: string) =>
      session.send('Input.imeSetComposition', {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      }),
    commit: (text: string) => session.send('Input.insertText', { text }),
    /** A key that goes to the input method while it composes. */
    press: (key: string) => session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key }),
    /** Safari ends a composition first, and then reports the key that did it, with the code 229. */
    pressAsSafari: (key: string) =>
      session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key, windowsVirtualKeyCode: 229 }),
  }
}

const KEYS = ['Enter', 'Tab', 'ArrowDown', 'ArrowUp', 'Escape']

inChromium('an Enter of an input method sends nothing', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come()
  await ada.enter(`${url}/r/kana`)
  const { compose, commit, press, pressAsSafari } = await openInputMethod(ada)
  await ada.field.focus()
  await compose('にほん')
  await press('Enter')
  await ada.composerHolds('にほん')
  await commit('日本')
  await pressAsSafari('Enter')
  await ada.composerHolds('日本')
  await ada.page.keyboard.press('Enter')
  await ada.composerHolds('')
  await ada.sees('日本')
})

inChromium('no key of an input method takes a name from the list, or closes it', async (t, come) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await come(), await come()]
  await ada.enter(`${url}/r/kana`)
  await ben.enter(`${url}/r/kana`)
  const options = ada.page.locator('#mention-options li')
  await ada.field.pressSequentially('@')
  await options.first().waitFor()
  const { pressAsSafari } = await openInputMethod(ada)
  for (const key of KEYS) await pressAsSafari(key)
  await ada.composerHolds('@')
  assert.equal(await options.count(), 1)
  assert.equal(await options.first().isVisible(), true)
  await ada.page.keyboard.press('Enter')
  assert.match(await ada.field.inputValue(), /^@\S.* $/)
})

inChromium('no key of an input method saves an edited message, or gives it up', async (t, come) => {
  const server = await startServer(t)
  await createKeptRoom(server, 'kana')
  const ada = await come()
  await ada.enter(`${server.url}/r/kana`)
  await ada.posts('one')
  await ada.message('one').locator('b > bdi').click()
  await ada.page.getByRole('button', { name: 'Edit' }).click()
  const field = ada.page.locator('.edit-form textarea')
  const { compose, commit, press, pressAsSafari } = await openInputMethod(ada)
  await field.fill('')
  await compose('にほん')
  // The browser itself moves the focus by Tab, which no input method of this test takes.
  const keys = KEYS.filter((key) => key !== 'Tab')
  for (const key of keys) await press(key)
  await commit('日本')
  for (const key of keys) await pressAsSafari(key)
  assert.equal(await field.isVisible(), true)
  await field.press('Enter')
  await ada.sees('日本')
})

for (const modifier of ['Control', 'Meta']) {
  inChromium(`on a tablet with a keyboard, ${modifier} and Enter send`, async (t, come) => {
    const server = await startServer(t)
    await createKeptRoom(server, 'tablet')
    const ada = await come(TABLET)
    await ada.enter(`${server.url}/r/tablet`)
    await ada.field.pressSequentially('one')
    await ada.field.press('Enter')
    await ada.field.pressSequentially('two')
    await ada.field.press(`${modifier}+Enter`)
    await ada.composerHolds('')
    await ada.message('two').locator('b > bdi').click()
    await ada.page.getByRole('button', { name: 'Edit' }).click()
    const field = ada.page.locator('.edit-form textarea')
    await field.fill('three')
    await field.press(`${modifier}+Enter`)
    await ada.sees('three')
  })
}
