import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transform } from 'esbuild'
import { browserTests } from '../../support/browser/browser.ts'
import { HostSite } from '../../support/browser/host-site.ts'
import { startServer } from '../../support/http/server.ts'
import { addToken } from '../../support/http/tokens.ts'
import { emptyFolder } from '../../support/process/snug-process.ts'

const EXAMPLES = join(import.meta.dirname, '..', '..', '..', 'examples')
const inChromium = browserTests()

inChromium('the example of embedding works when it is opened from the disk', async (t, come) => {
  const { url } = await startServer(t)
  const file = join(await emptyFolder(t), 'embed.html')
  const html = await readFile(join(EXAMPLES, 'embed.html'), 'utf8')
  await writeFile(file, html.replaceAll('http://localhost:8000', url))
  const ada = await come()
  await ada.page.goto(pathToFileURL(file).href)
  for (const frame of ['snug-room iframe', 'iframe[src*="/embed/shop"]']) {
    const room = ada.page.frameLocator(frame)
    await ada.page.locator(frame).scrollIntoViewIfNeeded()
    await room.locator('#status[data-state=live]').waitFor()
    await room.locator('#text').fill('from a file')
    await room.locator('#text').press('Enter')
    await room.locator('.message', { hasText: 'from a file' }).waitFor()
  }
})

inChromium(
  'a program in a page of another site is told that it needs a token, and with one it works',
  async (t, come) => {
    const server = await startServer(t)
    const site = await HostSite.start(t)
    const { code } = await transform(await readFile(join(EXAMPLES, 'snug-client.ts'), 'utf8'), {
      loader: 'ts',
      format: 'esm',
    })
    const page = (identity: object) =>
      `<p id=said></p><script type=module>${code}
const say = (text) => { document.getElementById('said').append(text + ' ') }
const room = new Room(${JSON.stringify(`${server.url}/r/tea`)}, ${JSON.stringify(identity)})
room.post('hello').then(({ text }) => say('posted ' + text), (error) => say('post: ' + error.message))
;(async () => { for await (const { kind } of room.follow()) say(kind) })().catch((error) => say('follow: ' + error.message))
</script>`
    const ada = await come()
    ada.expectErrors(/CORS/, /ERR_FAILED/)
    await ada.page.goto(site.servePage('/without', page({ name: 'Ada' })))
    const refused = `The server does not answer to pages of ${site.origin()}: they need a token.`
    for (const part of [`post: ${refused}`, `follow: ${refused}`])
      await ada.page.locator('#said', { hasText: part }).waitFor()
    const token = await addToken(server, 'tea')
    await ada.page.goto(site.servePage('/with', page({ token })))
    for (const part of ['posted hello', 'open']) await ada.page.locator('#said', { hasText: part }).waitFor()
  },
)
