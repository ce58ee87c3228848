import assert from 'node:assert/strict'
import type { MessageJson } from '../../../src/frames/json.ts'
import { visibleText } from '../../support/allowed-html.ts'
import { browserTests } from '../../support/browser/browser.ts'
import { watchRequests } from '../../support/browser/requests.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'
import { NAUGHTY } from '../../support/naughty-strings.ts'
import { assertPageFits } from './fits.ts'

const browserTest = browserTests()

const PHONE = { viewport: { width: 360, height: 740 } }

/** What a message is made of, and what its text may be rendered to. */
const ELEMENTS = 'ARTICLE B BDI TIME DIV P BR EM STRONG CODE PRE A'.split(' ')
const ATTRIBUTES =
  'id class data-by data-tag datetime dir href target rel title tabindex role aria-label'.split(' ')

const without = (all: readonly string[], known: readonly string[]) =>
  all.filter((one) => !known.includes(one))

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with scripts' : 'without scripts'

  browserTest(`a page bears every naughty string as a message, ${how}`, async (t, come) => {
    const { url } = await startServer(t)
    const [bo, poster] = [await come({ ...PHONE, javaScriptEnabled }), new Visitor(url)]
    let dialogs = 0
    bo.page.on('dialog', (dialog) => {
      dialogs++
      void dialog.dismiss()
    })
    await bo.enter(`${url}/r/naughty`)
    const requests = watchRequests(bo)

    const expected: string[] = []
    for (const text of NAUGHTY) {
      const response = await poster.post('/r/naughty/messages', { text }, { Accept: 'application/json' })
      if (response.status === 201) expected.push(visibleText(((await response.json()) as MessageJson).html))
    }
    assert.ok(expected.length > 400)
    await eventually(async () => assert.equal(await bo.messages.count(), expected.length))
    const { texts, tags, attributes } = await bo.messageLog.evaluate((log) => {
      const made = [...log.querySelectorAll('.message, .message *')]
      return {
        texts: [...log.querySelectorAll('.message > div')].map((div) => div.textContent),
        tags: [...new Set(made.map((element) => element.tagName))],
        attributes: [...new Set(made.flatMap((element) => element.getAttributeNames()))],
      }
    })
    assert.deepEqual(texts, expected)
    assert.deepEqual(without(tags, ELEMENTS), [])
    assert.deepEqual(without(attributes, ATTRIBUTES), [])
    assert.equal(dialogs, 0)
    assert.deepEqual(requests(), [])
    await assertPageFits(bo.page)

    await bo.posts('and still it can be written')
    await bo.message('and still it can be written').waitFor()
    await bo.composerHolds('')
    assert.equal(await bo.messages.count(), expected.length + 1)
  })
}

browserTest('marks that are stacked on a letter paint over nobody else’s message', async (t, come) => {
  const { url } = await startServer(t)
  const bo = await come(PHONE)
  const messageBefore = async (room: string, text: string) => {
    await bo.enter(`${url}/r/${room}`)
    for (const said of ['before', text]) await new Visitor(url).post(`/r/${room}/messages`, { text: said })
    await bo.message('after it').waitFor()
    return bo.message('before').locator('> div').screenshot({ animations: 'disabled' })
  }
  const beside = await messageBefore('plain', 'after it Z')
  const under = await messageBefore('marks', `after it Z${'\u0301\u0323'.repeat(100)}`)
  assert.ok(under.equals(beside), 'the message before looks otherwise')
})
