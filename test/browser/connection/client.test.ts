import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { browserTests } from '../../support/browser/browser.ts'
import { eventually } from '../../support/eventually.ts'
import { CuttingProxy } from '../../support/http/cutting-proxy.ts'
import { numberedLines } from '../../support/http/post-texts.ts'
import { startServer } from '../../support/http/server.ts'

const inChromium = browserTests()

const CLIENT = join(import.meta.dirname, '..', '..', '..', 'examples', 'snug-client.ts')

/** Follows the room of this page's server, and posts when it is told to. */
const PROGRAM = `
  const { Room } = await import('/client.js')
  const room = new Room(location.origin + '/r/tea', { name: 'Page' })
  globalThis.texts = []
  globalThis.kinds = []
  globalThis.say = async (text) => (await room.post(text)).author.name
  for await (const event of room.follow()) {
    kinds.push(event.kind)
    if (event.kind === 'posted') texts.push(event.text)
  }`

inChromium(
  'the client of the examples follows and posts in a browser too, whatever is cut',
  async (t, come) => {
    const { url } = await startServer(t)
    const proxy = await CuttingProxy.start(t, url)
    const [bo, program] = [await come(), await come()]
    const { page } = program
    program.expectErrors(/ERR_EMPTY_RESPONSE|ERR_CONNECTION|ERR_INCOMPLETE_CHUNKED/)
    const { code } = await transform(await readFile(CLIENT, 'utf8'), { loader: 'ts', format: 'esm' })
    await page.route('**/client.js', (route) => route.fulfill({ contentType: 'text/javascript', body: code }))
    await page.goto(`${proxy.url}/about`)
    await page.evaluate(`void (async () => {${PROGRAM}})()`)
    const told = (kind: string, times: number) =>
      eventually(async () =>
        assert.ok(
          (await page.evaluate<number>(`kinds.filter((kind) => kind === '${kind}').length`)) >= times,
        ),
      )
    await told('open', 1)
    await bo.enter(`${url}/r/tea`)
    const stop = proxy.cutRepeatedly()
    const said: string[] = []
    for (const text of numberedLines(8)) {
      said.push(text, `${text}?`)
      await bo.posts(text)
      await bo.composerHolds('')
      assert.equal(await page.evaluate(`say('${text}?')`), 'Page')
    }
    await told('open', 3)
    stop()
    await bo.sees(...said)
    await eventually(async () => assert.deepEqual(await page.evaluate('texts'), said))
    assert.equal(await page.evaluate(`kinds.includes('gap')`), false)
  },
)
