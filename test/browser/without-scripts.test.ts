import assert from 'node:assert/strict'
import { browserTests } from '../support/browser.ts'
import { CuttingProxy } from '../support/cutting-proxy.ts'
import { eventually } from '../support/eventually.ts'
import type { Person } from '../support/person.ts'
import { startServer } from '../support/server.ts'

const browserTest = browserTests()
const WITHOUT_SCRIPTS = { javaScriptEnabled: false }

/** How often the frame whose address fits was loaded since now. */
function countLoads({ page }: Person, address: RegExp): () => number {
  let loads = 0
  page.on('framenavigated', (frame) => {
    if (address.test(frame.url())) loads++
  })
  return () => loads
}

browserTest('two people without scripts chat live, and no log is loaded again', async (t, come) => {
  const { url } = await startServer(t)
  const [ada, bo] = [await come(WITHOUT_SCRIPTS), await come(WITHOUT_SCRIPTS)]
  const loads = [ada, bo].map((person) => countLoads(person, /live\.html/))
  await ada.goto(url)
  await ada.page.getByLabel('Room', { exact: true }).fill('No Scripts')
  await ada.page.keyboard.press('Enter')
  await ada.isLive()
  await bo.enter(`${url}/r/no-scripts`)
  await ada.says('Hello?')
  await bo.sees('Hello?')
  await bo.says('Hello!')
  await ada.sees('Hello?', 'Hello!')
  await ada.says('How are you?')
  for (const person of [ada, bo]) await person.sees('Hello?', 'Hello!', 'How are you?')
  assert.deepEqual(
    loads.map((count) => count()),
    [1, 1],
  )
})

browserTest('the composer’s frame posts, and comes back to itself, empty and ready', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come(WITHOUT_SCRIPTS)
  await ada.enter(`${url}/r/plain`)
  const loads = countLoads(ada, /\/composer(#|$)/)
  await ada.field.click()
  await ada.page.keyboard.type('one')
  await ada.page.keyboard.press('Enter')
  await ada.sees('one')
  await eventually(async () => assert.equal(loads(), 1))
  await ada.holds('')
  await ada.composer.locator('[name=text]:focus').waitFor()
  await ada.page.keyboard.type('two')
  await ada.page.keyboard.press('Enter')
  await ada.sees('one', 'two')
})

browserTest('several lines can be written without scripts', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come(WITHOUT_SCRIPTS)
  await ada.enter(`${url}/r/lines`)
  await ada.composer.getByRole('link', { name: 'Several lines' }).click()
  await ada.composer.locator('textarea').fill('one\ntwo')
  await ada.composer.getByRole('button', { name: 'Send' }).click()
  await ada.sees('one\ntwo')
  await ada.composer.locator('textarea').waitFor()
  await ada.holds('')
  await ada.composer.getByRole('link', { name: 'One line' }).click()
  await ada.composer.locator('input[name=text]').waitFor()
})

browserTest('a refused post comes back into the frame with its sentence', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come(WITHOUT_SCRIPTS)
  ada.announce(/^Failed to load resource.* (413|422)/)
  await ada.enter(`${url}/r/refused`)
  const long = 'tea '.repeat(1250)
  await ada.says(long)
  await ada.holds(long, /too long/)
  await ada.says('   ')
  await ada.holds('   ', /nothing in this message/)
  await ada.says('shorter')
  await ada.sees('shorter')
  await ada.holds('')
})

browserTest('a form that is sent twice without scripts makes one message', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come(WITHOUT_SCRIPTS)
  await ada.enter(`${url}/r/twice`)
  await ada.page.route('**/messages', async (route) => {
    await route.fetch({ maxRedirects: 0 })
    await route.continue()
  })
  await ada.says('once')
  await ada.holds('')
  await ada.says('the last')
  await ada.sees('once', 'the last')
})

browserTest('a log that is renewed goes on where it was, and everything comes once', async (t, come) => {
  const { url } = await startServer(t, { heartbeat: 200, streamLife: 1500 })
  let sent = ''
  const proxy = await CuttingProxy.start(t, url, (chunk) => {
    sent += chunk
    return chunk
  })
  const [ada, bo] = [await come(WITHOUT_SCRIPTS), await come()]
  const loads = countLoads(ada, /live\.html/)
  await ada.enter(`${proxy.url}/r/renewed`)
  await bo.enter(`${url}/r/renewed`)
  const said: string[] = []
  const saysNext = async () => {
    said.push(`message ${said.length}`)
    await bo.says(said.at(-1) ?? '')
    await bo.holds('')
  }
  while (loads() < 3) await saysNext()
  await saysNext()
  await ada.message(said.at(-1) ?? '').waitFor()
  assert.deepEqual(
    [...sent.matchAll(/>(message \d+)</g)].map(([, text]) => text),
    said,
  )
  assert.match((await ada.log.locator('.line').first().textContent()) ?? '', /What was above has vanished/)
  const texts = await ada.texts()
  assert.deepEqual(texts, said.slice(-texts.length))
})

browserTest('a refresh without scripts shows an empty log and says why', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come(WITHOUT_SCRIPTS)
  await ada.enter(`${url}/r/refresh`)
  await ada.says('soon gone')
  await ada.sees('soon gone')
  await ada.page.reload({ waitUntil: 'commit' })
  await ada.isLive()
  await ada.sees()
  await ada.log.getByText('Nothing said here is stored').waitFor()
})
