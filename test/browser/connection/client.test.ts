import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { browserTests } from '../../support/browser/browser.ts'
import { eventually } from '../../support/eventually.ts'
import { CuttingProxy } from '../../support/http/cutting-proxy.ts'
import { numberedLines } from '../../support/http/post-texts.ts'
import { startServer } from '../../support/http/server.ts'

const browserTest = browserTests()

const CLIENT = join(import.meta.dirname, '..', '..', '..', 'examples', 'snug-client.ts')

/** Follows the room on the server of this page, and posts on request. */
const PROGRAM = `
  const { Room } = await import('/client.js')
  const room = new Room(location.origin + '/r/tea', { name: 'Page' })
  globalThis.texts = []
  globalThis.kinds = []
  globalThis.post = async (text) => (await room.post(text)).author.name
  for await (const event of room.follow()) {
    kinds.push(event.kind)
    if (event.kind === 'posted') texts.push(event.text)
  }`

browserTest(
  'the example client also works in a browser, however often it is cut off',
  async (t, openPerson) => {
    const { url } = await startServer(t)
    const proxy = await CuttingProxy.start(t, url)
    const [bo, program] = [await openPerson(), await openPerson()]
    const { page } = program
    program.expectErrors(/ERR_EMPTY_RESPONSE|ERR_CONNECTION|ERR_INCOMPLETE_CHUNKED/)
    const { code } = await transform(await readFile(CLIENT, 'utf8'), { loader: 'ts', format: 'esm' })
    await page.route('**/client.js', (route) => route.fulfill({ contentType: 'text/javascript', body: code }))
    await page.goto(`${proxy.url}/about`)
    await page.evaluate(`void (async () => {${PROGRAM}})()`)
    const receives = (kind: string, times: number) =>
      eventually(async () =>
        assert.ok(
          (await page.evaluate<number>(`kinds.filter((kind) => kind === '${kind}').length`)) >= times,
        ),
      )
    await receives('open', 1)
    await bo.enter(`${url}/r/tea`)
    const stop = proxy.cutRepeatedly()
    const texts: string[] = []
    for (const text of numberedLines(8)) {
      texts.push(text, `${text}?`)
      await bo.posts(text)
      await bo.composerHolds('')
      assert.equal(await page.evaluate(`post('${text}?')`), 'Page')
    }
    await receives('open', 3)
    stop()
    await bo.sees(...texts)
    await eventually(async () => assert.deepEqual(await page.evaluate('texts'), texts))
    assert.equal(await page.evaluate(`kinds.includes('gap')`), false)
  },
)
