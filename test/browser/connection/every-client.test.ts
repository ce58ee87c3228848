import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Locator } from 'playwright-core'
import { Room } from '../../../examples/snug-client.ts'
import { browserTests } from '../../support/browser/browser.ts'
import type { Person } from '../../support/browser/person.ts'
import { eventually } from '../../support/eventually.ts'
import { CuttingProxy } from '../../support/http/cutting-proxy.ts'
import { makeKeptRoom } from '../../support/http/owner.ts'
import { RoomFollower } from '../../support/http/room-follower.ts'
import { Visitor } from '../../support/http/visitor.ts'
import { startClusteredProcesses } from '../../support/process/clustered-processes.ts'
import { CurlReader, postWithCurl } from './curl-reader.ts'

const browserTest = browserTests()

/** How many messages each client posts: 500 together. */
const COUNTS = { page: 40, plain: 25, curl: 105, program: 165, other: 165 }
const ALL = Object.values(COUNTS).reduce((sum, count) => sum + count)

/** The average pause between two posts of a client. */
const PAUSE_MS = 25

/** Posts the messages of a client, one after another. */
async function postAll(client: keyof typeof COUNTS, post: (text: string) => Promise<unknown>): Promise<void> {
  for (let n = 1; n <= COUNTS[client]; n++) {
    await post(`${client} ${n}`)
    await pause(Math.random() * 2 * PAUSE_MS)
  }
}

/** Posts from a page with scripts. A message that was lost on its way is sent again with the button of the page. */
function reliablePoster(person: Person): (text: string) => Promise<void> {
  const accepted = new Set<string>()
  person.page.on('response', (response) => {
    const id = response.headers()['snug-message']
    if (id !== undefined) accepted.add(id)
  })
  const again = person.page.locator('#refusal button')
  return async (text) => {
    const before = accepted.size
    await person.posts(text)
    await eventually(async () => {
      if (accepted.size > before) return
      if (await again.count()) await again.click({ timeout: 5_000 })
      throw new Error(`${text} is not accepted yet`)
    })
  }
}

/** A page without scripts, with all messages that it showed. It can't reconnect by itself: its reader reloads it. */
class PlainPage {
  readonly #person: Person
  readonly #shown = new Map<string, string>()
  loads = 1

  constructor(person: Person) {
    this.#person = person
  }

  get texts(): string[] {
    return [...this.#shown.values()]
  }

  /** Records the messages that the page shows. */
  async record(): Promise<void> {
    for (const [id, text] of await messagesIn(this.#person.messages)) this.#shown.set(id, text)
  }

  async reload(): Promise<void> {
    await this.record()
    this.loads++
    await this.#load(() => this.#person.page.reload({ waitUntil: 'commit' }))
    await this.#readOlder()
    await this.record()
  }

  async #load(open: () => Promise<unknown>): Promise<void> {
    await open()
    await this.#person.waitUntilLive()
    await this.#person.field.waitFor()
  }

  /** Reads older pages, if the new page does not continue where the old one ended. */
  async #readOlder(): Promise<void> {
    const { page, messageLog, messages } = this.#person
    const continues = (some: readonly Shown[]) =>
      this.#shown.size === 0 || some.some(([id]) => this.#shown.has(id))
    if (
      continues(await messagesIn(messages)) ||
      !(await messageLog.getByRole('link', { name: 'Older messages' }).count())
    )
      return
    const pages: Shown[][] = []
    await messageLog.getByRole('link', { name: 'Older messages' }).click()
    for (;;) {
      await page.getByRole('link', { name: 'Newest messages' }).waitFor()
      const some = await messagesIn(page.locator('.message'))
      pages.unshift(some)
      const older = page.getByRole('link', { name: 'Older messages' })
      if (continues(some) || !(await older.count())) break
      await older.click()
    }
    for (const [id, text] of pages.flat()) this.#shown.set(id, text)
    await this.#load(() => page.getByRole('link', { name: 'Newest messages' }).click())
    await this.#readOlder()
  }
}

type Shown = readonly [id: string, text: string]

function messagesIn(messages: Locator): Promise<Shown[]> {
  return messages.evaluateAll((all) =>
    all.map((message) => [message.id, message.querySelector('div').textContent] as const),
  )
}

/** The texts of all messages in the room, oldest first. */
async function historyOf(visitor: Visitor): Promise<string[]> {
  const texts: string[] = []
  for (let before: string | null = ''; before !== null; ) {
    const query: string = before === '' ? '' : `&before=${before}`
    const response = await visitor.get(`/r/tea/messages?limit=100${query}`, { Accept: 'application/json' })
    const page = (await response.json()) as { messages: { text: string }[]; before: string | null }
    texts.unshift(...page.messages.map(({ text }) => text))
    before = page.before
  }
  return texts
}

browserTest(
  'P4, P6: pages with and without scripts, curl and programs on two processes read the same, however often they are cut off',
  async (t, openPerson) => {
    const { one, two } = await startClusteredProcesses(t, { snug: ['--limits', 'off'] })
    await makeKeptRoom(new Visitor(one.url))
    const proxies = await Promise.all([one, one, one, one, two].map(({ url }) => CuttingProxy.start(t, url)))
    const [pages, plains, curls, programs, others] = proxies.map(({ url }) => `${url}/r/tea`)
    const [ada, ben] = [await openPerson(), await openPerson({ javaScriptEnabled: false })]
    for (const person of [ada, ben])
      person.expectErrors(/ERR_/, /^htmx: htmx:(sse:)?error/, /Failed to fetch/)
    await ada.enter(pages ?? '')
    await ben.enter(plains ?? '')
    const plain = new PlainPage(ben)
    const curl = await CurlReader.follow(t, curls ?? '', `${one.url}/r/tea`)
    const [program, other] = [new Room(programs ?? '', { name: 'Program' }), new Room(others ?? '')]
    const [followed, elsewhere] = [new RoomFollower(t, program), new RoomFollower(t, other)]
    for (const following of [followed, elsewhere]) await following.waitForOpen()

    const cuttable = proxies.filter((_, index) => index !== 1)
    let cuts = 0
    const cutting = setInterval(() => {
      cuttable[Math.floor(Math.random() * cuttable.length)]?.cut()
      cuts++
    }, 500)
    t.after(() => clearInterval(cutting))
    await Promise.all([
      postAll('page', reliablePoster(ada)),
      postAll('plain', async (text) => {
        await ben.posts(text)
        await ben.composerHolds('')
        if (Math.random() > 0.1) return
        proxies[1]?.cut()
        await plain.reload()
      }),
      postAll('curl', (text) => postWithCurl(`${one.url}/r/tea`, text)),
      postAll('program', (text) => program.post(text)),
      postAll('other', (text) => other.post(text)),
    ])
    clearInterval(cutting)
    const expected = await historyOf(new Visitor(two.url))
    assert.equal(expected.length, ALL)
    assert.equal(new Set(expected).size, ALL)
    const transcripts: Record<keyof typeof COUNTS, () => Promise<string[]>> = {
      page: async () => (await messagesIn(ada.messages)).map(([, text]) => text),
      plain: async () => {
        await plain.record()
        return plain.texts
      },
      curl: async () => curl.texts,
      program: async () => followed.texts,
      other: async () => elsewhere.texts,
    }
    for (const [client, texts] of Object.entries(transcripts))
      await eventually(async () => assert.deepEqual(await texts(), expected, client))
    for (const following of [followed, elsewhere]) assert.deepEqual(following.eventsOf('gap'), [])
    assert.equal(await ada.page.locator('.gap').count(), 0)
    t.diagnostic(
      `${cuts} cuts; curl ran ${curl.started} times, the program connected ${followed.eventsOf('open').length} and the other ` +
        `${elsewhere.eventsOf('open').length} times, the page without scripts was loaded ${plain.loads} times`,
    )
    for (const reader of [curl, followed, elsewhere]) await reader.end()
    assert.ok(
      curl.started > 1 && followed.eventsOf('open').length > 1 && elsewhere.eventsOf('open').length > 1,
    )
  },
)
