import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { computedStyle } from '../../support/browser/person.ts'
import { watchRequests } from '../../support/browser/requests.ts'
import { startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const browserTest = browserTests()

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '</article></main><script>alert(1)</script>',
  '</textarea></form><form action=https://evil.example>',
  '<div hx-get="/r/other" hx-trigger="load" hx-target="body">x</div>',
  '<hx-partial hx-target="body" hx-swap="innerHTML">gone</hx-partial>',
  '<meta http-equiv=refresh content="0;url=https://evil.example">',
  '<style>body{display:none}</style>',
  'javascript:alert(1)',
  'data: event\nevent: close\nid: 99',
  'before \u202eafter\u202c end',
]

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? 'with scripts' : 'without scripts'

  browserTest(`text that looks like markup is shown as typed, ${how}`, async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, bo] = [await openPerson(), await openPerson({ javaScriptEnabled })]
    await ada.enter(`${url}/r/hostile`)
    await bo.enter(`${url}/r/hostile`)
    let dialogs = 0
    bo.page.on('dialog', (dialog) => {
      dialogs++
      void dialog.dismiss()
    })
    const requests = watchRequests(bo)
    for (const text of HOSTILE) {
      await ada.posts(text)
      await ada.composerHolds('')
    }
    for (const person of [ada, bo]) await person.sees(...HOSTILE)
    await ada.posts('the last')
    await bo.sees(...HOSTILE, 'the last')
    const injected = 'img, script, form, style, meta, [hx-get], [data-htmx-powered]'
    assert.equal(await bo.messages.locator(injected).count(), 0)
    assert.equal(dialogs, 0)
    assert.deepEqual(requests(), [])
  })
}

browserTest('refused text is given back as typed, including markup', async (t, openPerson) => {
  const { url } = await startServer(t)
  const hostile = `</textarea><img src=x onerror=alert(1)>"'><b>${'tea '.repeat(1250)}`
  for (const javaScriptEnabled of [true, false]) {
    const ada = await openPerson({ javaScriptEnabled })
    ada.expectErrors(/^Failed to load resource.* 413/)
    await ada.enter(`${url}/r/refused`)
    await ada.posts(hostile)
    await ada.composerHolds(hostile, /too long/)
    assert.equal(await ada.composer.locator('.composer img').count(), 0)
  }
})

browserTest(
  'right-to-left text is laid out so, and its neighbours keep their direction',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson()
    await ada.enter(`${url}/r/%D7%A9%D7%9C%D7%95%D7%9D`)
    await ada.posts('שלום, מה שלומך?')
    await ada.posts('well')
    await ada.sees('שלום, מה שלומך?', 'well')
    assert.equal(await computedStyle(ada.message('שלום').locator('> div'), 'direction'), 'rtl')
    assert.equal(await computedStyle(ada.message('well').locator('> div'), 'direction'), 'ltr')
    await ada.field.fill('עוד')
    assert.equal(await computedStyle(ada.field, 'direction'), 'rtl')
  },
)

browserTest('links open a new page, and emphasis and code are shown', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  await ada.enter(`${url}/r/rich`)
  await ada.posts('see https://example.org/a?b=1&c=2 *really* **now** `x < y`')
  await ada.sees('see https://example.org/a?b=1&c=2 really now x < y')
  const link = ada.messages.getByRole('link')
  assert.equal(await link.getAttribute('href'), 'https://example.org/a?b=1&c=2')
  assert.equal(await link.getAttribute('target'), '_blank')
  assert.equal(await link.getAttribute('rel'), 'nofollow noopener noreferrer ugc')
  for (const element of ['em', 'strong', 'code']) assert.equal(await ada.messages.locator(element).count(), 1)
})

browserTest('P21: indentation, columns and lines are shown as they were typed', async (t, come) => {
  const { url } = await startServer(t)
  const typed = '  if x:\n      y  =  1\t# why\n  *tab*\tle\n\n`a   b`'
  for (const javaScriptEnabled of [true, false]) {
    const ada = await come({ javaScriptEnabled })
    await ada.enter(`${url}/r/code-${javaScriptEnabled}`)
    await new Visitor(url).post(`/r/code-${javaScriptEnabled}/messages`, { text: typed })
    const shown = ada.message('why').locator('> div > p')
    await shown.first().waitFor()
    assert.deepEqual(await shown.allInnerTexts(), ['  if x:\n      y  =  1\t# why\n  tab\tle', 'a   b'])
  }
})

browserTest('P21: the glyphs of a link run from left to right whatever stands before it', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come()
  await ada.enter(`${url}/r/spoof`)
  for (const before of ['\u202e', '\u2067', '\u202b\u202e', 'שלום ', '(\u061c', '*\u202ea* ']) {
    await new Visitor(url).post('/r/spoof/messages', {
      text: `${before}https://evil.example/moc.knab-ruoy//:sptth`,
    })
    const link = ada.messages.last().getByRole('link')
    await link.waitFor()
    const lefts = await link.evaluate((element) => {
      const text = element.firstChild ?? element
      const range = element.ownerDocument.createRange()
      return [...(text.textContent ?? '')].map((_, at) => {
        range.setStart(text, at)
        range.setEnd(text, at + 1)
        return range.getBoundingClientRect().left
      })
    })
    assert.deepEqual(
      lefts,
      lefts.toSorted((a, b) => a - b),
      JSON.stringify(before),
    )
  }
})
