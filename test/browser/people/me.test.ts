import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { eventually } from '../../support/eventually.ts'
import { startServer } from '../../support/http/server.ts'

// Over plain http beyond loopback, browsers ignore Clear-Site-Data.
const NAME = 'snug-test.local'
const browserTest = browserTests([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`])

const STORE = `
  localStorage.setItem('ignored:/r/tea', '[["abc123","Bold <b>Fox"],"odd",7]')
  localStorage.setItem('ignored:/r/milk', 'not JSON')
  localStorage.setItem('muted:/embed/milk', '')
  localStorage.setItem('ticket:/embed/cake:named', 'sealed abc123')
  localStorage.setItem('whatever', 'x')`

function stored({ page }: Person): Promise<string[]> {
  return page.locator('#browser-storage dd').allTextContents()
}

for (const host of ['127.0.0.1', NAME]) {
  browserTest(
    `/me shows what the server knows and the browser stores, and forgets it all: ${host}`,
    async (t, openPerson) => {
      const server = await startServer(t)
      const url = server.url.replace('127.0.0.1', host)
      const ada = await openPerson({ timezoneId: 'Asia/Kolkata', locale: 'en-GB' })
      ada.expectErrors(/^Clear-Site-Data .* Not supported for insecure origins/)
      await ada.enter(`${url}/r/tea`)
      const name = await ada.page.locator('bdi.own-name').textContent()
      await ada.page.evaluate(STORE)
      await ada.field.fill('half a thought')

      await ada.page.goto(`${url}/me`)
      assert.equal(await ada.page.locator('.rooms a').textContent(), 'tea')
      assert.equal(await ada.page.locator('.rooms li > bdi').textContent(), name)
      assert.deepEqual(await stored(ada), ['tea', 'Bold <b>Fox (tea)', 'milk', 'tea', 'cake', 'whatever'])
      const until = ada.page.locator('time').last()
      const format = new Intl.DateTimeFormat('en-GB', {
        dateStyle: 'long',
        timeStyle: 'short',
        timeZone: 'Asia/Kolkata',
      })
      const expected = format.format(new Date((await until.getAttribute('datetime')) ?? ''))
      assert.equal(await until.textContent(), expected)

      await ada.page.getByRole('button', { name: 'Forget me' }).click()
      await ada.page.getByRole('status').getByText('Done').waitFor()
      assert.equal(await ada.page.locator('#browser-storage').textContent(), 'Nothing.')
      assert.equal(await ada.page.evaluate('localStorage.length + sessionStorage.length'), 0)
      assert.deepEqual(await ada.context.cookies(), [])
      assert.equal(await ada.page.getByRole('button', { name: 'Forget me' }).count(), 0)
    },
  )
}

browserTest(
  'a room that is open when its browser is forgotten continues as another member',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const [ada, ben] = [await openPerson(), await openPerson()]
    await ada.enter(`${url}/r/tea`)
    await ben.enter(`${url}/r/tea`)
    await ada.posts('before')
    await ben.sees('before')
    const me = await ada.context.newPage()
    await me.goto(`${url}/me`)
    await me.getByRole('button', { name: 'Forget me' }).click()
    await me.getByRole('status').waitFor()
    await ben.page.locator('#here-count', { hasText: /^1$/ }).waitFor()
    await ada.waitUntilLive()
    await ada.posts('after')
    await ben.sees('before', 'after')
    const tags = await ben.messages.evaluateAll((messages) => messages.map(({ dataset }) => dataset.by))
    assert.notEqual(tags[0], tags[1])
    await ada.sees('before', 'after')
  },
)

browserTest(
  'without scripts /me says what it can’t show, and forgets the browser all the same',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const ada = await openPerson({ javaScriptEnabled: false })
    await ada.enter(`${url}/r/tea`)
    await ada.goto(`${url}/me`)
    assert.match(
      (await ada.page.locator('#browser-storage').textContent()) ?? '',
      /needs JavaScript to show them/,
    )
    await eventually(async () => assert.equal(await ada.page.locator('.rooms a').textContent(), 'tea'))
    await ada.page.getByRole('button', { name: 'Forget me' }).click()
    await ada.page.getByRole('status').getByText('Done').waitFor()
    assert.deepEqual(await ada.context.cookies(), [])
  },
)
