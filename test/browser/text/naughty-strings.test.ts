import assert from 'node:assert/strict'
import type { MessageJson } from '../../../src/frames/json.ts'
import { visibleText } from '../../support/allowed-html.ts'
import { browserTests } from '../../support/browser/browser.ts'
import { watchRequests } from '../../support/browser/requests.ts'
import { assertFits } from '../../support/browser/screens.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'
import { NAUGHTY } from '../../support/naughty-strings.ts'

const browserTest = browserTests()

const PHONE = { viewport: { width: 360, height: 740 } }

/** The elements and attributes of a message and of a rendered text. */
const ELEMENTS = 'ARTICLE B BDI TIME DIV P BR EM STRONG CODE PRE A'.split(' ')
const ATTRIBUTES =
  'id class data-by data-tag datetime dir href target rel title tabindex role aria-label'.split(' ')

const without = (all: readonly string[], allowed: readonly string[]) =>
  all.filter((one) => !allowed.includes(one))

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with scripts' : 'without scripts'

  browserTest(`a page shows every naughty string as a message, ${how}`, async (t, openPerson) => {
    const { url } = await startServer(t)
    const [bo, poster] = [await openPerson({ ...PHONE, javaScriptEnabled }), new Visitor(url)]
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
      const elements = [...log.querySelectorAll('.message, .message *')]
      return {
        texts: [...log.querySelectorAll('.message > div')].map((div) => div.textContent),
        tags: [...new Set(elements.map((element) => element.tagName))],
        attributes: [...new Set(elements.flatMap((element) => element.getAttributeNames()))],
      }
    })
    assert.deepEqual(texts, expected)
    assert.deepEqual(without(tags, ELEMENTS), [])
    assert.deepEqual(without(attributes, ATTRIBUTES), [])
    assert.equal(dialogs, 0)
    assert.deepEqual(requests(), [])
    await assertFits(bo.page)

    await bo.posts('and still it can be written')
    await bo.message('and still it can be written').waitFor()
    await bo.composerHolds('')
    assert.equal(await bo.messages.count(), expected.length + 1)
  })
}

browserTest('marks stacked on a letter do not paint over another message', async (t, openPerson) => {
  const { url } = await startServer(t)
  const bo = await openPerson(PHONE)
  const messageBefore = async (room: string, text: string) => {
    await bo.enter(`${url}/r/${room}`)
    for (const each of ['before', text]) await new Visitor(url).post(`/r/${room}/messages`, { text: each })
    await bo.message('after it').waitFor()
    return bo.message('before').locator('> div').screenshot({ animations: 'disabled' })
  }
  const withoutMarks = await messageBefore('plain', 'after it Z')
  const withMarks = await messageBefore('marks', `after it Z${'\u0301\u0323'.repeat(100)}`)
  assert.ok(withMarks.equals(withoutMarks), 'the message before is painted differently')
})
