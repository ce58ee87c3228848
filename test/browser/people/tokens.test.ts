import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { browserTests } from '../../support/browser/browser.ts'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { startServer } from '../../support/http/server.ts'
import { addToken } from '../../support/http/tokens.ts'
import { Visitor } from '../../support/http/visitor.ts'

const browserTest = browserTests()

/** Starts another site with an empty page. */
async function startOtherSite(t: TestContext): Promise<string> {
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end('<!doctype html><title>elsewhere</title><link rel="icon" href="data:,">')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Posts, reads, deletes and follows the room like a program in a page, and tries to post without the token. */
const PROGRAM = `(async ({ room, token }) => {
  const withToken = { Authorization: 'Bearer ' + token, 'Content-Type': 'application/json', Accept: 'application/json' }
  const stream = new EventSource(room + '/live.json?token=' + token)
  const received = new Promise((resolve) => {
    stream.onmessage = stream.onerror = ({ data = 'nothing' }) => resolve(data)
  })
  await new Promise((resolve) => stream.addEventListener('open', resolve))
  const post = (headers) => fetch(room + '/messages', { method: 'POST', body: '{"text":"from elsewhere"}', headers })
  const posted = await post(withToken)
  const { id, author } = await posted.json()
  const event = JSON.parse(await received)
  stream.close()
  const deleted = await fetch(room + '/messages/' + id, { method: 'DELETE', headers: withToken })
  const without = await post({ 'Content-Type': 'application/json' }).then(() => 'answered', () => 'refused')
  return [posted.status, author.name, event.text, deleted.status, without]
})`

browserTest(
  'a page of another site reads and posts with a token, and can do nothing without it',
  async (t, openPerson) => {
    const server = await startServer(t)
    await makeKeptRoom(new Visitor(server.url))
    const token = await addToken(server, 'tea')
    const ada = await openPerson()
    // The post without a token.
    ada.expectErrors(/CORS policy/, /Failed to load resource/)
    await ada.page.goto(await startOtherSite(t))
    const done = await ada.page.evaluate(
      `${PROGRAM}(${JSON.stringify({ room: `${server.url}/r/tea`, token })})`,
    )
    assert.deepEqual(done, [201, 'Weather Bot', 'from elsewhere', 204, 'refused'])
  },
)

browserTest('without scripts the owner makes a token for a program and revokes it', async (t, openPerson) => {
  const { url } = await startServer(t)
  const link = await makeKeptRoom(new Visitor(url))
  const { page } = await openPerson({ javaScriptEnabled: false })
  await page.goto(url + link)
  await page.click('text=Programs in this room')
  await page.getByLabel('Name', { exact: true }).fill('Weather Bot')
  await page.getByLabel('It may').selectOption('only post')
  await page.getByRole('button', { name: 'Make it' }).click()
  const hook = await page.locator('#hook').inputValue()
  const post = () => fetch(hook, { method: 'POST', body: new URLSearchParams({ text: 'rain' }) })
  assert.equal(await (await post()).text(), 'ok')
  await page.click('text=All tokens')
  await page.getByRole('button', { name: 'Revoke the token of Weather Bot' }).click()
  await page.getByText('There are no tokens yet').waitFor()
  assert.equal((await post()).status, 404)
})
