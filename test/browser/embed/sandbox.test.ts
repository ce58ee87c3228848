import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { EmbeddedRoom } from '../../support/browser/embedded-room.ts'
import { HostSite } from '../../support/browser/host-site.ts'
import { eventually } from '../../support/eventually.ts'
import { createKeptRoom, startServer } from '../../support/http/server.ts'
import { Visitor } from '../../support/http/visitor.ts'

const browserTest = browserTests()

const FLAGS = ['allow-forms', 'allow-same-origin', 'allow-popups', 'allow-modals allow-top-navigation']

/** Every combination of the flags that could matter, with scripts. */
const COMBINATIONS = Array.from({ length: 2 ** FLAGS.length }, (_, bits) =>
  ['allow-scripts', ...FLAGS.filter((_, index) => bits & (1 << index))].join(' '),
)

/** The frames of other products, as they set them. */
const PRODUCTS = [
  'allow-scripts allow-popups allow-top-navigation-by-user-activation allow-forms allow-same-origin',
  'allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox',
]

for (const sandbox of [...COMBINATIONS, ...PRODUCTS]) {
  browserTest(`a room works in sandbox="${sandbox}"`, async (t, openPerson) => {
    const server = await startServer(t)
    await createKeptRoom(server, 'tea')
    const ben = new Visitor(server.url)
    for (let line = 0; line < 60; line++) await ben.post('/r/tea/messages', { text: `line ${line}` })
    const site = await HostSite.start(t)
    const ada = await openPerson()
    const frame = `<iframe src="${server.url}/embed/tea" sandbox="${sandbox}" width="400" height="400"></iframe>`
    await ada.goto(site.servePage('/', frame))
    const room = new EmbeddedRoom(ada, 'iframe')
    await room.waitUntilLive()
    await room.posts('by Enter')
    await room.message('by Enter').waitFor()
    await room.field.fill('by the button')
    await room.frame.getByRole('button', { name: 'Send' }).click()
    await room.message('by the button').waitFor()
    // An empty field is not sent.
    await room.frame.getByRole('button', { name: 'Send' }).click()
    await room.frame.locator('.people > summary').click()
    await room.frame.locator('#name').fill('Ada Lovelace')
    await room.frame.locator('#name').press('Enter')
    await eventually(async () =>
      assert.equal(await room.frame.locator('.own-name').textContent(), 'Ada Lovelace'),
    )
    await room.frame.locator('.people > summary').click()
    await room.message('by the button').locator('> div').click()
    await room.frame.getByRole('button', { name: 'Edit' }).click()
    await room.frame.getByLabel('Change this message').fill('changed')
    await room.frame.getByRole('button', { name: 'Save' }).click()
    await room.message('changed').waitFor()
    await room.frame.locator('.older').scrollIntoViewIfNeeded()
    await room.message('line 0').first().waitFor()
  })
}

for (const [sandbox, opens] of [
  ['allow-scripts', false],
  ['allow-scripts allow-same-origin allow-forms', false],
  ['allow-scripts allow-popups', true],
  ['allow-scripts allow-popups allow-popups-to-escape-sandbox', true],
] as const) {
  const what = opens ? 'opens a link' : 'says that it can’t open a link, and shows its address'
  browserTest(`a room in sandbox="${sandbox}" ${what}`, async (t, openPerson) => {
    const { url } = await startServer(t)
    const site = await HostSite.start(t)
    const ada = await openPerson()
    ada.expectErrors(/Blocked opening|sandboxed|CSP|ERR_/)
    await ada.goto(site.servePage('/', `<iframe src="${url}/embed/tea" sandbox="${sandbox}"></iframe>`))
    const room = new EmbeddedRoom(ada, 'iframe')
    await room.waitUntilLive()
    const opened = opens ? ada.context.waitForEvent('page') : undefined
    await room.frame.getByRole('link', { name: 'Open' }).click()
    if (opened) {
      const page = await opened
      await page.waitForURL(`${url}/r/tea`)
      if (sandbox.includes('escape')) assert.equal(await page.evaluate('opener'), null)
    } else {
      await room.frame.getByText('does not let it open links').waitFor()
      assert.equal(await room.frame.getByLabel('The address of the link').inputValue(), `${url}/r/tea`)
    }
  })
}
