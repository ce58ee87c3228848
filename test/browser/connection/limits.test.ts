import assert from 'node:assert/strict'
import type { Allowance } from '../../../src/chat/limits/rate-limit.ts'
import { NO_LIMITS } from '../../../src/config/limit-flags.ts'
import { browserTests } from '../../support/browser/browser.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

const TOO_FAST = /^Failed to load resource.* 429/
const TOO_MANY = /^You sent too many messages at once\. Try again in .*\.$/
const HOUR = 3_600_000

function posts(member: Allowance) {
  return { limits: { ...NO_LIMITS, post: { member, address: undefined } } }
}

browserTest(
  'a member who sends too fast keeps the text, is told why, and can send it a little later',
  async (t, openPerson) => {
    const { url } = await startServer(t, posts({ count: 1, windowMs: 6000 }))
    const ada = await openPerson()
    ada.expectErrors(TOO_FAST)
    await ada.enter(`${url}/r/fast`)
    const refusal = ada.page.locator('#refusal')
    const texts: string[] = []
    while ((await refusal.count()) === 0) {
      texts.push(`message ${texts.length}`)
      await ada.posts(texts.at(-1) ?? '')
      await ada
        .message(texts.at(-1) ?? '')
        .or(refusal)
        .first()
        .waitFor()
    }
    await ada.composerHolds(texts.at(-1) ?? '', TOO_MANY)
    await ada.sees(...texts.slice(0, -1))
    await eventually(async () => {
      if ((await ada.field.inputValue()) !== '') await ada.field.press('Enter')
      assert.deepEqual(await ada.texts(), texts)
    })
    await ada.composerHolds('')
  },
)

browserTest(
  'of many messages sent at once, the refused ones stay in the composer, in order',
  async (t, openPerson) => {
    const { url } = await startServer(t, posts({ count: 20, windowMs: HOUR }))
    const ada = await openPerson()
    ada.expectErrors(TOO_FAST)
    await ada.enter(`${url}/r/many`)
    const slow = Promise.withResolvers<void>()
    await ada.page.route('**/messages', async (route) => {
      await slow.promise
      await route.continue()
    })
    const texts = Array.from({ length: 23 }, (_, number) => `message ${number}`)
    for (const text of texts) await ada.sends(text)
    slow.resolve()
    await ada.sees(...texts.slice(0, 20))
    await eventually(async () => {
      const kept = (await ada.field.inputValue()).split('\n')
      assert.deepEqual(kept, texts.slice(20))
    })
    assert.match((await ada.page.locator('#refusal').textContent()) ?? '', TOO_MANY)
  },
)

browserTest(
  'without scripts a message that was sent too fast comes back into the frame',
  async (t, openPerson) => {
    const { url } = await startServer(t, posts({ count: 1, windowMs: HOUR }))
    const ada = await openPerson({ javaScriptEnabled: false })
    ada.expectErrors(TOO_FAST)
    await ada.enter(`${url}/r/plain`)
    await ada.posts('one')
    await ada.sees('one')
    await ada.composerHolds('')
    await ada.posts('two & <three>')
    await ada.composerHolds('two & <three>', TOO_MANY)
    await ada.sees('one')
  },
)

browserTest('on a phone without scripts the whole refusal is visible', async (t, openPerson) => {
  const { url } = await startServer(t, {
    limits: { ...NO_LIMITS, post: { member: undefined, address: { count: 1, windowMs: HOUR } } },
  })
  const ada = await openPerson({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } })
  ada.expectErrors(TOO_FAST)
  await ada.enter(`${url}/r/phone`)
  await ada.posts('one')
  await ada.composerHolds('')
  await ada.posts('two')
  await ada.composerHolds(
    'two',
    /^Too many messages are coming from your network just now\. Try again in 60 minutes\.$/,
  )
  const frame = await ada.page.locator('iframe.composer-frame').boundingBox()
  for (const part of ['#refusal', '[name=text]', 'button']) {
    const box = await ada.composer.locator(part).boundingBox()
    assert.ok(frame && box && box.y >= frame.y && box.y + box.height <= frame.y + frame.height, part)
  }
})

browserTest('a refusal to list one more room keeps the typed name', async (t, openPerson) => {
  const room = { member: undefined, address: { count: 1, windowMs: HOUR } }
  const { url } = await startServer(t, { limits: { ...NO_LIMITS, room } })
  const ada = await openPerson({ javaScriptEnabled: false })
  ada.expectErrors(TOO_FAST)
  for (const name of ['one', 'Tea at five']) {
    await ada.goto(url)
    await ada.page.getByLabel('Room', { exact: true }).fill(name)
    await ada.page.getByText('Vanishing and not listed').click()
    await ada.page.getByLabel('List this room').check()
    await ada.page.keyboard.press('Enter')
    await ada.page.waitForURL(/\/r\/one|\/rooms/, { waitUntil: 'commit' })
  }
  const alert = ada.page.getByRole('alert')
  assert.match(
    (await alert.textContent()) ?? '',
    /^Too many rooms were made or downloaded from your network\. .* minutes\.$/,
  )
  assert.equal(await ada.page.getByLabel('Room', { exact: true }).inputValue(), 'Tea at five')
  assert.ok(await ada.page.getByLabel('List this room').isChecked())
})
