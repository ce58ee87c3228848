import assert from 'node:assert/strict'
import { browserTests } from '../../support/browser/browser.ts'
import { startBalanced } from '../../support/process/balanced.ts'

const browserTest = browserTests()

// There is no nginx to be had by the same means elsewhere.
if (process.platform === 'linux')
  browserTest(
    'two people behind a balancer chat on while processes stop and come back, and no page is loaded again',
    async (t, come) => {
      const { balancer, url, one, two, start } = await startBalanced(t, 'nginx')
      const [ada, bo] = [await come(), await come()]
      // A stream that ends may be asked for once more where nobody is any more.
      for (const person of [ada, bo]) person.expectErrors(/^Failed to load resource.* 50[24]/)
      await ada.goto(url)
      await ada.page.getByLabel('Room', { exact: true }).fill('House')
      await ada.page.keyboard.press('Enter')
      await ada.waitUntilLive()
      await bo.enter(`${url}/r/house`)
      for (const person of [ada, bo]) await person.page.evaluate('document.body.dataset.same = "yes"')
      await ada.posts('both are there')
      const said = ['both are there']
      const chat = async (text: string) => {
        for (const person of [ada, bo]) {
          said.push(`${text}, ${said.length}`)
          await person.posts(said.at(-1) ?? '')
          for (const reader of [ada, bo]) await reader.sees(...said)
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
