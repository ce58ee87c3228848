import assert from 'node:assert/strict'
import { constants, copyFileSync, readdirSync } from 'node:fs'
import { get, type IncomingHttpHeaders } from 'node:http'
import { basename, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { Visitor } from '../support/http/visitor.ts'
import { EXECUTABLE, emptyFolder, SnugProcess } from '../support/process/snug-process.ts'

const PAGES = ['/', '/r/lobby', '/r/lobby/composer', '/r/lobby/composer?lines=4']

/** Copies the executable into an empty folder, which is also its working folder. */
async function copyAlone(t: TestContext): Promise<{ program: string; cwd: string }> {
  const cwd = await emptyFolder(t)
  const program = join(cwd, basename(EXECUTABLE))
  copyFileSync(EXECUTABLE, program, constants.COPYFILE_FICLONE)
  return { program, cwd }
}

/** Fetches a URL without decompressing the bytes of the response. */
function fetchRaw(
  url: string,
  encoding?: string,
): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: encoding === undefined ? {} : { 'Accept-Encoding': encoding } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk) => chunks.push(chunk))
      response.once('end', () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          bytes: Buffer.concat(chunks),
        }),
      )
    }).once('error', reject)
  })
}

/** The URLs of Snug's own files in a page or a style sheet. */
function linkedFiles(text: string): string[] {
  const addresses = text.matchAll(/(?:href|src)="(\/(?:assets|mine)\/[^"]+)"|url\(["']?(\/[^"')]+)/g)
  return [...addresses].map(([, attribute, url]) => attribute ?? url ?? '')
}

test('the executable serves pages, posts and streams from an empty folder, with an empty environment', async (t) => {
  const alone = await copyAlone(t)
  const snug = await SnugProcess.start(t, alone)
  const [ada, ben] = [new Visitor(snug.url), new Visitor(snug.url)]
  assert.equal((await ada.get('/')).status, 200)
  const made = await ada.post('/rooms', { room: 'Team Lunch' })
  assert.deepEqual([made.status, made.headers.get('Location')], [303, '/r/team-lunch'])

  const stream = await ben.enter('team-lunch')
  const text = 'a *fine* day, see https://example.org'
  assert.equal((await ada.post('/r/team-lunch/messages', { text })).status, 303)
  const { data } = await stream.next((event) => event.data.includes('day'))
  assert.match(data, /<em>fine<\/em> day/)
  assert.match(data, /<a href="https:\/\/example\.org"/)
  await stream.close()

  const { code } = await snug.kill('SIGTERM')
  assert.equal(code, 0)
  assert.deepEqual(readdirSync(alone.cwd), [basename(EXECUTABLE)], 'it must not create files')
})

test('the executable contains every file that its pages link to, identical in each encoding', async (t) => {
  const snug = await SnugProcess.start(t, await copyAlone(t))
  const pages = await Promise.all(PAGES.map((path) => fetchRaw(snug.url + path)))
  for (const { status } of pages) assert.equal(status, 200)
  const seen = new Set(pages.flatMap(({ bytes }) => linkedFiles(bytes.toString())))
  for (const kind of ['.js', '.css', '.svg'])
    assert.ok(
      [...seen].some((path) => path.endsWith(kind)),
      kind,
    )

  for (const path of seen) {
    const [plain, identity, gzip, brotli] = await Promise.all(
      [undefined, 'identity', 'gzip', 'gzip, deflate, br'].map((encoding) =>
        fetchRaw(snug.url + path, encoding),
      ),
    )
    assert.ok(plain && identity && gzip && brotli)
    for (const { status } of [plain, identity, gzip, brotli]) assert.equal(status, 200, path)
    assert.ok(plain.bytes.length > 0, path)
    assert.deepEqual(identity.bytes, plain.bytes)
    for (const url of linkedFiles(plain.bytes.toString())) seen.add(url)
    if (!path.startsWith('/assets/')) continue

    assert.equal(plain.headers['content-encoding'], undefined)
    assert.equal(gzip.headers['content-encoding'], 'gzip')
    assert.equal(brotli.headers['content-encoding'], 'br')
    assert.deepEqual(gunzipSync(gzip.bytes), plain.bytes, path)
    assert.deepEqual(brotliDecompressSync(brotli.bytes), plain.bytes, path)
    assert.ok(brotli.bytes.length < plain.bytes.length, path)
    assert.match(plain.headers['cache-control'] ?? '', /immutable/)
  }
})

test('the Node inside the executable ignores environment variables and arguments for Node', async (t) => {
  const env = { NODE_OPTIONS: '--no-such-option --require=/nowhere.js', NODE_PATH: '/nowhere' }
  const snug = await SnugProcess.start(t, { env })
  assert.equal((await fetch(`${snug.url}/healthz`)).status, 200)
  assert.equal(snug.stderr, '')

  const wrong = SnugProcess.spawn(t, { args: ['--inspect=0', '-e', '1', '--', 'büro eins'] })
  assert.equal((await wrong.exited).code, 2)
  assert.deepEqual(wrong.stderr.trimEnd().split('\n'), [
    'snug: There is no flag --inspect; snug --help lists them.',
    'snug: There is no flag -e; snug --help lists them.',
    'snug: There is no command “büro eins”. The commands are serve, rotate-keys, backup, export, import, token create, token list, token revoke.',
  ])
})

test('arguments arrive as they were typed', async (t) => {
  const args = ['serve', '--port', '0', '--base-url=ftp://a b/“c”']
  const wrong = SnugProcess.spawn(t, { args })
  await wrong.exited
  assert.match(wrong.stderr, /^snug: --base-url must be .*, not “ftp:\/\/a b\/“c””\.\n$/)
})
