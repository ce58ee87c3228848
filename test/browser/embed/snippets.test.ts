import assert from 'node:assert/strict'
import { embedSnippets } from '../../../views/embed-snippets.ts'
import { browserTests } from '../../support/browser/browser.ts'
import { HostSite } from '../../support/browser/host-site.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'

// Over plain http beyond loopback, browsers have no clipboard interface.
const NAME = 'snug-test.local'
const browserTest = browserTests([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`])

const FRAME =
  /^<iframe src="(\S+)\/embed\/tea" title="Chat: tea" width="100%" height="480" loading="lazy"[^<>]*><\/iframe>$/
const ELEMENT = /^<script src="(\S+)\/embed\.js" async><\/script><snug-room room="tea"><\/snug-room>$/

browserTest('buttons copy the HTML that embeds a room', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  const origin = url.replace('127.0.0.1', NAME)
  await ada.enter(`${origin}/r/tea`)
  await ada.page.getByText('Share').click()
  await ada.page.getByText('Put it in a web page').click()
  for (const [label, line] of [
    ['One line, for any page', FRAME] as const,
    ['An element', ELEMENT] as const,
  ]) {
    const field = ada.page.getByLabel(label).locator('xpath=..')
    await field.getByRole('button', { name: 'Copy' }).click()
    await field.getByRole('button', { name: 'Copied' }).waitFor()
    await ada.field.fill('')
    await ada.field.press('Control+V')
    assert.equal(line.exec(await ada.field.inputValue())?.[1], origin)
  }
})

browserTest('the frame’s line stands in the column of a page, on a phone too', async (t, openPerson) => {
  const { url } = await startServer(t)
  const site = await HostSite.start(t)
  const { frame } = embedSnippets(url, 'tea')
  const column = '<style>main > * { max-width: 300px; margin-inline: auto } iframe { border: 0 }</style>'
  for (const [width, expected] of [
    [360, 300],
    [1200, 300],
    [280, 280],
  ] as const) {
    const ada = await openPerson({ viewport: { width, height: 700 } })
    await ada.goto(site.servePage('/', `${column}<body style="margin:0"><main>${frame}</main>`))
    const box = await ada.page.locator('iframe').boundingBox()
    assert.deepEqual([box?.width, box?.x], [expected, (width - expected) / 2])
    await ada.page.frameLocator('iframe').locator('#status[data-state=live]').waitFor()
  }
})

browserTest('the HTML that embeds a room is shown without scripts', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson({ javaScriptEnabled: false })
  await ada.goto(`${url}/r/tea`)
  await ada.page.getByText('Share').click()
  await ada.page.getByText('Put it in a web page').click()
  assert.match(await ada.page.getByLabel('One line, for any page').inputValue(), FRAME)
  assert.match(await ada.page.getByLabel('An element').inputValue(), ELEMENT)
  assert.equal(await ada.page.getByText('What it looks like there').isVisible(), false)
})

browserTest('the preview of an embed is loaded only while it is open', async (t, openPerson) => {
  const { url, streams } = await startServer(t, { embedOrigins: ['https://blog.example'] })
  const ada = await openPerson()
  await ada.enter(`${url}/r/tea`)
  const preview = ada.page.locator('.preview iframe')
  const open = async () => {
    await ada.page.locator('.share > summary').click()
    await ada.page.getByText('What it looks like there').click()
    await preview.contentFrame().locator('#status[data-state=live]').waitFor()
  }
  await ada.page.locator('.share > summary').click()
  await ada.page.getByText('Put it in a web page').click()
  await ada.page.keyboard.press('Escape')
  assert.equal(await preview.count(), 0)
  await open()
  assert.equal(streams.size, 2)
  await ada.page.keyboard.press('Escape')
  await preview.waitFor({ state: 'detached' })
  await eventually(async () => assert.equal(streams.size, 1))
  await open()
})

browserTest('a room that no page may embed offers no HTML for it', async (t, openPerson) => {
  const { url } = await startServer(t, { embedOrigins: [] })
  const ada = await openPerson()
  await ada.enter(`${url}/r/tea`)
  await ada.page.locator('.share > summary').click()
  await ada.page.getByRole('button', { name: 'Copy' }).waitFor()
  assert.equal(await ada.page.getByText('Put it in a web page').count(), 0)
})
