import assert from 'node:assert/strict'
import { networkInterfaces } from 'node:os'
import { browserTests } from '../../support/browser/browser.ts'
import { startServer } from '../../support/http/server.ts'

// A name in the local network that this machine can always reach.
const NAME = 'snug-test.local'
const browserTest = browserTests([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`])

const ownAddress = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address

for (const host of ownAddress ? [NAME, ownAddress] : [NAME]) {
  const where = host === NAME ? 'a .local name' : 'the network'
  browserTest(
    `people chat over plain http from ${where}, with and without scripts`,
    async (t, openPerson) => {
      const { url } = await startServer(t, { host: host === NAME ? '127.0.0.1' : '0.0.0.0' })
      const home = url.replace('127.0.0.1', host)
      const [ada, bo] = [await openPerson(), await openPerson({ javaScriptEnabled: false })]
      for (const person of [ada, bo]) {
        await person.goto(home)
        assert.equal(await person.page.evaluate('isSecureContext'), false)
        await person.page.getByLabel('Room', { exact: true }).fill('Far away')
        await person.page.keyboard.press('Enter')
        await person.waitUntilLive()
        assert.equal(await person.page.locator('#link').inputValue(), `${home}/r/far-away`)
      }
      await ada.posts('Can you hear me?')
      await bo.sees('Can you hear me?')
      await bo.posts('From here, yes')
      for (const person of [ada, bo]) await person.sees('Can you hear me?', 'From here, yes')
    },
  )
}

browserTest('the link is copied without a clipboard interface', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson()
  const room = `${url.replace('127.0.0.1', NAME)}/r/copied`
  await ada.enter(room)
  assert.equal(await ada.page.evaluate('navigator.clipboard'), undefined)
  await ada.page.getByText('Share').click()
  await ada.page.getByRole('button', { name: 'Copy' }).click()
  await ada.page.getByRole('button', { name: 'Copied' }).waitFor()
  await ada.field.click()
  await ada.page.keyboard.press('Control+V')
  await ada.composerHolds(room)
})

browserTest('the link is copied with the clipboard interface', async (t, openPerson) => {
  const { url } = await startServer(t)
  const ada = await openPerson({ permissions: ['clipboard-read', 'clipboard-write'] })
  await ada.enter(`${url}/r/copied`)
  await ada.page.getByText('Share').click()
  await ada.page.getByRole('button', { name: 'Copy' }).click()
  await ada.page.getByRole('button', { name: 'Copied' }).waitFor()
  assert.equal(await ada.page.evaluate('navigator.clipboard.readText()'), `${url}/r/copied`)
})
