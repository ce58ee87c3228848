import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { converse, SAMPLE_TEXTS } from '../../support/browser/conversation.ts'
import { computedStyle } from '../../support/browser/person.ts'
import { assertFits, onEachScreen } from '../../support/browser/screens.ts'
import { watchShifts } from '../../support/browser/shifts.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

const PHONE = { viewport: { width: 360, height: 740 } }
const DESKTOP = { viewport: { width: 1280, height: 800 } }

browserTest(
  'successive messages of one author are grouped, another author begins a new group, and a day has its line',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, ben] = [await openPerson(), await openPerson()]
    await ada.enter(`${url}/r/tea`)
    await ben.enter(`${url}/r/tea`)
    // A presence line that comes later would divide the group.
    await ada.messageLog.locator('.presence-line span:visible').waitFor()
    for (const text of ['first', 'second']) await ada.posts(text)
    await ben.message('second').waitFor()
    await ben.posts('third')
    await ada.message('third').waitFor()
    const height = (text: string) =>
      ada
        .message(text)
        .locator('b')
        .evaluate((name) => name.clientHeight || name.getBoundingClientRect().height)
    assert.ok((await height('first')) > 10)
    assert.ok((await height('second')) <= 1)
    assert.ok((await height('third')) > 10)
    assert.equal(await ada.page.locator('.day').count(), 1)
    assert.match((await ada.message('first').locator('time').getAttribute('title')) ?? '', /20\d\d/)
  },
)

browserTest(
  'a reader who scrolled up is told of new messages, and the log does not move',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, ben] = [await openPerson(PHONE), await openPerson(PHONE)]
    await ada.enter(`${url}/r/tea`)
    await ben.enter(`${url}/r/tea`)
    for (let n = 0; n < 20; n++) await ben.posts(`line ${n}`)
    await ada.message('line 19').waitFor()
    const scroller = ada.page.locator('.scroller')
    await scroller.evaluate((element) => element.scrollTo(0, -300))
    const shown = ada.message('line 10')
    const before = (await shown.boundingBox())?.y ?? 0
    const shifts = await watchShifts(ada)
    for (let n = 0; n < 3; n++) await ben.posts(`new ${n}`)
    const jump = ada.page.locator('.jump')
    await jump.filter({ hasText: '3 new messages' }).waitFor()
    assert.ok(Math.abs(((await shown.boundingBox())?.y ?? 0) - before) <= 1)
    assert.deepEqual(await shifts(), [])
    assert.match(await ada.page.title(), /^\(3\) /)
    assert.match((await ada.page.locator('link[rel=icon]').getAttribute('href')) ?? '', /unread/)
    assert.equal(
      await ada.page.locator('.new + .message').textContent(),
      await ada.message('new 0').textContent(),
    )
    await jump.click()
    await eventually(async () => assert.doesNotMatch(await ada.page.title(), /^\(/))
    await jump.waitFor({ state: 'hidden' })
  },
)

for (const screen of [PHONE, DESKTOP]) {
  browserTest(
    `nothing moves while messages are sent and received, ${screen.viewport.width} wide`,
    async (t, openPerson) => {
      const { url } = await startServer(t)
      const [ada, ben] = [await openPerson(screen), await openPerson(screen)]
      await ada.enter(`${url}/r/tea`)
      await ben.enter(`${url}/r/tea`)
      const shifts = await watchShifts(ada)
      // From an empty log until it fills more than the screen.
      for (const [turn, text] of [...SAMPLE_TEXTS, 'And one more'].entries()) {
        await ben.posts(text)
        await ada.messages.nth(2 * turn).waitFor()
        await ada.posts(`answer ${turn}`)
        await ada.messages.nth(2 * turn + 1).waitFor()
      }
      await ada.page.locator('.scroller').evaluate((scroller) => scroller.scrollTo(0, -500))
      await ben.posts('unseen')
      await ada.page.locator('.jump').click()
      assert.deepEqual(await shifts(), [])
    },
  )
}

browserTest(
  'sides, code, long words and emoji are laid out correctly on every screen',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, ben] = [await openPerson(), await openPerson()]
    await ada.enter(`${url}/r/tea`)
    await ben.enter(`${url}/r/tea`)
    await converse(ada, ben)
    const bubble = (text: string) => ada.message(text).locator('> div')
    await onEachScreen(ada, async (where) => {
      await assertFits(ada.page, where)
      const log = await ada.messageLog.boundingBox()
      assert.ok(log)
      for (const [turn, message] of (await ada.messages.all()).entries()) {
        const box = await message.locator('> div').boundingBox()
        assert.ok(
          box && box.x >= log.x && box.x + box.width <= log.x + log.width,
          `${where}: ${SAMPLE_TEXTS[turn]}`,
        )
        const middle: number = box.x + box.width / 2 - (log.x + log.width / 2)
        assert.equal(turn % 4 < 2, middle > 0, `${where}: the side of ${SAMPLE_TEXTS[turn]}`)
      }
      const [own, others] = [
        await computedStyle(bubble('kettle'), 'backgroundColor'),
        await computedStyle(bubble('Tea in ten'), 'backgroundColor'),
      ]
      assert.notEqual(own, others)
      const code = ada.message('a line of code').locator('pre')
      const [shown, whole] = await code.evaluate((pre) => [pre.clientWidth, pre.scrollWidth])
      assert.ok(whole > shown && (await computedStyle(code, 'overflowX')) === 'auto', where)
      const [text, emoji] = [
        await computedStyle(bubble('kettle'), 'fontSize'),
        await computedStyle(bubble('🫖'), 'fontSize'),
      ]
      assert.ok(Number.parseFloat(emoji) > 2 * Number.parseFloat(text), where)
    })
  },
)

browserTest('a right-to-left page is the mirror of a left-to-right page', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await openPerson({ locale: 'he-IL' }), await openPerson()]
  await ada.enter(`${url}/r/%D7%A9%D7%9C%D7%95%D7%9D`)
  await ben.enter(`${url}/r/%D7%A9%D7%9C%D7%95%D7%9D`)
  await ada.posts('שלום')
  await ada.posts('hello')
  await ben.posts('מה שלומך?')
  await ada.sees('שלום', 'hello', 'מה שלומך?')
  assert.match((await ada.page.locator('.day').textContent()) ?? '', /[א-ת]/)
  const sides = async () => {
    const log = await ada.messageLog.boundingBox()
    const boxes = await Promise.all(
      ['שלום', 'hello', 'מה'].map((text) => ada.message(text).last().boundingBox()),
    )
    return boxes.map((box) =>
      box && log && box.x + box.width / 2 > log.x + log.width / 2 ? 'right' : 'left',
    )
  }
  for (const person of [ada.messages.nth(0), ada.messages.nth(1)])
    assert.equal(await computedStyle(person.locator('b'), 'direction'), 'ltr')
  assert.deepEqual(await sides(), ['right', 'right', 'left'])
  await ada.page.evaluate("document.documentElement.dir = 'rtl'")
  assert.deepEqual(await sides(), ['left', 'left', 'right'])
  assert.equal(await computedStyle(ada.message('hello').locator('> div'), 'direction'), 'ltr')
  await onEachScreen(ada, (where) => assertFits(ada.page, where))
  assert.ok(await ada.page.locator('.message > b > bdi').first().isVisible())
})

browserTest(
  'the log stays at its end while messages come, unless the reader scrolls up',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, bo] = [await openPerson({ viewport: { width: 800, height: 500 } }), await openPerson()]
    await ada.enter(`${url}/r/end`)
    await bo.enter(`${url}/r/end`)
    for (let i = 0; i < 12; i++) {
      await bo.posts(`message ${i}`)
      await bo.composerHolds('')
    }
    await ada.message('message 11').waitFor()
    const inView = (text: string) =>
      ada.message(text).evaluate((element) => {
        const { top, bottom } = element.getBoundingClientRect()
        const scroller = element.closest('.scroller').getBoundingClientRect()
        return top >= scroller.top - 1 && bottom <= scroller.bottom + 1
      })
    assert.ok(await inView('message 11'))
    assert.ok(!(await inView('message 0')))
    await ada.message('message 0').scrollIntoViewIfNeeded()
    await bo.posts('unseen')
    await ada.message('unseen').waitFor()
    assert.ok(await inView('message 0'))
    assert.ok(!(await inView('unseen')))
  },
)

browserTest('the number of people here changes as they come and go', async (t, openPerson) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await openPerson(), await openPerson()]
  await ada.enter(`${url}/r/tea`)
  const here = (count: number) =>
    ada.page.locator('#here-count', { hasText: new RegExp(`^${count}$`) }).waitFor()
  await here(1)
  await ben.enter(`${url}/r/tea`)
  await here(2)
  await ben.page.click('text=Leave')
  await ben.page.waitForURL(`${url}/`)
  await here(1)
})
