import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { startBalanced } from '../../support/process/balanced.ts'

const browserTest = browserTests()

// nginx is installed for the tests only on Linux.
if (process.platform === 'linux')
  browserTest(
    'P12: two people behind a balancer continue to chat while processes restart, and no page is reloaded',
    async (t, openPerson) => {
      const { balancer, url, one, two, start } = await startBalanced(t, 'nginx')
      const [ada, bo] = [await openPerson(), await openPerson()]
      // A page may reconnect once to the process that has just stopped.
      for (const person of [ada, bo]) person.expectErrors(/^Failed to load resource.* 50[24]/)
      await ada.goto(url)
      await ada.page.getByLabel('Room', { exact: true }).fill('House')
      await ada.page.keyboard.press('Enter')
      await ada.waitUntilLive()
      await bo.enter(`${url}/r/house`)
      for (const person of [ada, bo]) await person.page.evaluate('document.body.dataset.same = "yes"')
      await ada.posts('both are there')
      const texts = ['both are there']
      const chat = async (text: string) => {
        for (const person of [ada, bo]) {
          texts.push(`${text}, ${texts.length}`)
          await person.posts(texts.at(-1) ?? '')
          for (const reader of [ada, bo]) await reader.sees(...texts)
        }
      }
      await chat('one and two')
      await one.snug.kill('SIGTERM')
      await chat('two alone')
      const again = await start(one.port)
      await balancer.waitForServer(one.port)
      await two.snug.kill('SIGTERM')
      await chat('one again')
      assert.equal(again.stderr, '')
      for (const person of [ada, bo]) {
        await person.waitUntilLive()
        assert.equal(await person.page.evaluate('document.body.dataset.same'), 'yes')
      }
    },
  )
