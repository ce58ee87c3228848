import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { ADA, AUTHOR, uncheckedName } from '../../support/events.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

browserTest(
  'the mark of a verified name is drawn, and contains no character that a name could have',
  async (t, come) => {
    const server = await startServer(t)
    const room = await createKeptRoom(server, 'tea')
    for (const [name, verified] of [
      ['Ada', true],
      ['Eve', false],
    ] as const)
      await server.chat.store.append(
        room,
        ADA,
        { ...AUTHOR, name: uncheckedName(name), tag: `${name.toLowerCase()}tagtag`, verified },
        { text: 'hello', key: undefined },
      )
    const reader = await come()
    await reader.enter(`${server.url}/r/tea`)
    const marks = reader.page.locator('.verified')
    assert.equal(await marks.count(), 1)
    const { text, content, background, width, height } = await marks.evaluate((mark) => {
      const { width, height } = mark.getBoundingClientRect()
      const { content } = mark.ownerDocument.defaultView.getComputedStyle(mark, '::after')
      const { backgroundColor: background } = mark.ownerDocument.defaultView.getComputedStyle(mark)
      return { text: mark.textContent, content, background, width, height }
    })
    assert.deepEqual([text, content], ['', '""'])
    assert.notEqual(background, 'rgba(0, 0, 0, 0)')
    assert.ok(width > 8 && width === height, `${width} × ${height}`)
  },
)
