import assert from 'node:assert/strict'
import AxeBuilder from '@axe-core/playwright'
import { browserTests } from '../support/browser.ts'
import { converse } from '../support/conversation.ts'
import { eventually } from '../support/eventually.ts'
import type { Person } from '../support/person.ts'
import { lines, say } from '../support/say.ts'
import { keep, startServer } from '../support/server.ts'
import { Visitor } from '../support/visitor.ts'

const inChromium = browserTests()

/** @param without rules that don't apply */
async function findings({ page }: Pick<Person, 'page'>, without: string[] = []): Promise<string[]> {
  // What is only half there yet has half its contrast.
  await page.evaluate('Promise.allSettled(document.getAnimations().map(({ finished }) => finished))')
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .disableRules(without)
    .analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}

for (const colorScheme of ['light', 'dark'] as const) {
  inChromium(`axe finds nothing in the pages around rooms, ${colorScheme}`, async (t, come) => {
    const { url } = await startServer(t)
    const ada = await come({ colorScheme })
    ada.announce(/status of 4\d\d/)

    await ada.goto(url)
    assert.deepEqual(await findings(ada), [], 'home')
    await ada.page.fill('#room', '!!!')
    await ada.page.click('text=Join')
    await ada.page.locator('#refusal').waitFor()
    assert.deepEqual(await findings(ada), [], 'home, refused')
    for (const path of ['/about', '/me', '/nothing']) {
      await ada.page.goto(url + path)
      assert.deepEqual(await findings(ada), [], path)
    }
  })

  inChromium(`axe finds nothing in any state of a room, ${colorScheme}`, async (t, come) => {
    const { url } = await startServer(t)
    const ada = await come({ colorScheme })
    const ben = await come({ colorScheme })
    ada.announce(/ERR_INTERNET_DISCONNECTED/, /Failed to fetch/)
    await ada.enter(`${url}/r/tea`)
    await ben.enter(`${url}/r/tea`)
    assert.deepEqual(await findings(ada), [], 'an empty room')
    await converse(ben, ada)
    assert.deepEqual(await findings(ada), [], 'a busy room')
    await ada.page.click('.share > summary')
    assert.deepEqual(await findings(ada), [], 'sharing')
    await ada.page.keyboard.press('Escape')
    await ada.messages.first().locator('bdi').click()
    await ada.page.locator('#ask').waitFor()
    assert.deepEqual(await findings(ada), [], 'ignoring')
    await ada.page.click('text=Cancel')
    await ada.field.fill('x'.repeat(4000))
    assert.deepEqual(await findings(ada), [], 'near the limit')
    const me = await ada.context.newPage()
    await me.goto(`${url}/me`)
    await me.locator('.rooms a').waitFor()
    assert.deepEqual(await findings({ page: me }), [], 'what is known')
    await me.close()
    await ada.context.setOffline(true)
    await ada.says('lost')
    await ada.page.locator('#refusal').waitFor()
    assert.deepEqual(await findings(ada), [], 'offline')
  })

  inChromium(`axe finds nothing from making a kept room to deleting it, ${colorScheme}`, async (t, come) => {
    const { url } = await startServer(t)
    const ada = await come({ colorScheme })
    ada.announce(/status of 4\d\d/)

    await ada.goto(url)
    await ada.page.fill('#room', 'kept')
    await ada.page.click('text=Keep what is said')
    await ada.page.click('text=Messages are stored on this server')
    await ada.page.fill('#keep', 'lots')
    assert.deepEqual(await findings(ada), [], 'home, how a room is')
    await ada.page.click('text=Join')
    await ada.page.locator('#refusal').waitFor()
    assert.deepEqual(await findings(ada), [], 'home, how a room is, refused')
    await ada.page.fill('#keep', '')
    await ada.page.click('text=Join')
    await ada.page.locator('#owner').waitFor()
    assert.deepEqual(await findings(ada), [], 'the owner’s link')
    await ada.enter(`${url}/r/kept`)
    await ada.page.click('.people summary')
    assert.deepEqual(await findings(ada), [], 'a kept room')
    await ada.page.click('text=its settings')
    await ada.page.fill('#keep', 'lots')
    await ada.page.click('text=Save')
    await ada.page.locator('#refusal').waitFor()
    assert.deepEqual(await findings(ada), [], 'settings, refused')
    await ada.page.goto(`${url}/r/kept/tokens`)
    await ada.page.fill('#name', 'Weather Bot')
    await ada.page.click('text=Make it')
    await ada.page.locator('#secret').waitFor()
    assert.deepEqual(await findings(ada), [], 'a token')
    await ada.page.click('text=All tokens')
    await ada.page.fill('#name', 'admin')
    await ada.page.click('text=Make it')
    await ada.page.locator('#refusal').waitFor()
    assert.deepEqual(await findings(ada), [], 'tokens, refused')
    await ada.page.click('text=Settings')
    await ada.page.fill('#confirm', 'kept')
    await ada.page.click('button:has-text("Delete")')
    await ada.page.getByText('was deleted by its owner').waitFor()
    assert.deepEqual(await findings(ada), [], 'a deleted room')
  })
}

for (const colorScheme of ['light', 'dark'] as const) {
  inChromium(`axe finds nothing while messages are changed, ${colorScheme}`, async (t, come) => {
    const server = await startServer(t)
    await keep(server, 'tea')
    await say(new Visitor(server.url), 'tea', ...lines(8))
    const ada = await come({ colorScheme })
    await ada.enter(`${server.url}/r/tea`)
    for (const text of ['my first', 'my second']) await ada.says(text)
    await ada.message('my second').waitFor()
    await ada.page.keyboard.press('ArrowUp')
    const field = ada.page.locator('.change textarea')
    await field.waitFor()
    assert.deepEqual(await findings(ada), [], 'editing')
    await field.fill('my third')
    await field.press('Enter')
    await ada.message('my third').waitFor()
    await ada.message('my first').locator('> div').click()
    await ada.page.getByRole('button', { name: 'Delete' }).click()
    assert.deepEqual(await findings(ada), [], 'deleting')
    await ada.page.getByRole('button', { name: 'Delete' }).click()
    await ada.message('Deleted').waitFor()
    assert.deepEqual(await findings(ada), [], 'an edited and a deleted message')
  })

  inChromium(`axe finds nothing in pages of earlier messages, ${colorScheme}`, async (t, come) => {
    const server = await startServer(t)
    await keep(server, 'tea', 'the-token')
    const ids = await say(new Visitor(server.url), 'tea', ...lines(60))
    const owner = await come({ colorScheme })
    const url = `${server.url}/r/tea`
    await owner.context.addCookies([{ name: 'snug-owner', value: 'the-token', url }])
    await owner.page.goto(`${url}?around=${ids[30]}#m${ids[30]}`)
    await owner.page.locator('.message:target').waitFor()
    assert.deepEqual(await findings(owner), [], 'around a message')
    await owner.page.getByRole('link', { name: 'Change or delete this message' }).click()
    await owner.page.locator('form.change').waitFor()
    assert.deepEqual(await findings(owner), [], 'a message by itself')
    await owner.page.goto(`${url}?before=${ids[20]}`)
    assert.deepEqual(await findings(owner), [], 'before a message')
  })
}

// axe itself needs scripts: it gets what a browser without them shows, in its three parts.
inChromium('axe finds nothing in a room without scripts', async (t, come) => {
  const { url } = await startServer(t)
  const [ada, ben] = [await come(), await come()]
  ada.announce(/ERR_FAILED/)
  await ben.enter(`${url}/r/tea`)
  const everywhere = async (what: string, without: string[] = []) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await ada.page.emulateMedia({ colorScheme })
      assert.deepEqual(await findings(ada, without), [], `${what}, ${colorScheme}`)
    }
  }
  await ada.goto(`${url}/r/tea/composer`)
  // The heading is the page's, around the frames.
  await everywhere('the composer', ['page-has-heading-one'])
  await ada.goto(`${url}/r/tea/live.html`)
  await ada.page.locator('.line').first().waitFor()
  await ben.says('hello')
  await ada.page.locator('.message').waitFor()
  await everywhere('the log', ['page-has-heading-one'])
  await ada.page.route(/live\.html|composer/, (route) => route.abort())
  await ada.page.route('**/r/tea', async (route) => {
    const response = await route.fetch()
    const body = (await response.text()).replace(/<script.*?<\/script>|<\/?noscript>/g, '')
    await route.fulfill({ response, body })
  })
  await ada.goto(`${url}/r/tea`)
  await ada.page.locator('iframe.write').waitFor()
  await everywhere('the page around them')
})

inChromium('everything works by keyboard alone', async (t, come) => {
  const { url } = await startServer(t)
  const ada = await come()
  const ben = await come()
  await ada.goto(url)
  await ada.page.locator('#room:focus').waitFor()
  await ada.page.keyboard.type('tea')
  await ada.page.keyboard.press('Enter')
  await ada.isLive()
  await ben.enter(`${url}/r/tea`)
  await ben.says('hello')
  await ada.message('hello').waitFor()
  const { keyboard } = ada.page
  const focused = () =>
    ada.page
      .locator(':focus')
      .textContent()
      .then((text) => text?.trim())
  const tabTo = async (text: string | null) => {
    for (let presses = 0; presses < 15; presses++) {
      await keyboard.press('Tab')
      if ((await ada.page.locator(':focus').count()) > 0 && (await focused()) === text) return
    }
    assert.fail(`The keyboard does not reach ${text}`)
  }
  await tabTo('Skip to writing')
  await tabTo('Share')
  await keyboard.press('Enter')
  await ada.page.locator('#link').waitFor()
  await keyboard.press('Escape')
  await ada.page.locator('#link').waitFor({ state: 'hidden' })
  assert.equal(await focused(), 'Share')
  await keyboard.press('Tab')
  await keyboard.press('Tab')
  await ada.page.locator('.scroller:focus').waitFor()
  await eventually(async () => {
    await keyboard.press('ArrowUp')
    assert.equal(await ada.page.locator('article:focus').count(), 1)
  })
  await tabTo(await ada.messages.first().locator('bdi').textContent())
  await keyboard.press('Enter')
  await keyboard.press('Enter')
  await ada.message('hello').waitFor({ state: 'hidden' })
  await ada.page.locator('.ignored button').press('Enter')
  await ada.message('hello').waitFor()
})
