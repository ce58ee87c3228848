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

const inChromium = browserTests()

/** How many each says: 500 together. */
const COUNTS = { page: 40, plain: 25, curl: 105, program: 165, other: 165 }
const ALL = Object.values(COUNTS).reduce((sum, count) => sum + count)

const PATIENCE_MS = 60_000

/** Nobody talks without a pause: this long on the average, in milliseconds. */
const PAUSE_MS = 25

/** Says what it has to say, one after the other. */
async function talk(who: keyof typeof COUNTS, says: (text: string) => Promise<unknown>): Promise<void> {
  for (let n = 1; n <= COUNTS[who]; n++) {
    await says(`${who} ${n}`)
    await pause(Math.random() * 2 * PAUSE_MS)
  }
}

/** A page with scripts; what was lost on its way is sent again, as the page offers. */
function speaker(person: Person): (text: string) => Promise<void> {
  const taken = new Set<string>()
  person.page.on('response', (response) => {
    const id = response.headers()['snug-message']
    if (id !== undefined) taken.add(id)
  })
  const again = person.page.locator('#refusal button')
  return async (text) => {
    const before = taken.size
    await person.posts(text)
    await eventually(async () => {
      if (taken.size > before) return
      if (await again.count()) await again.click({ timeout: 1000 })
      throw new Error(`${text} is not taken yet`)
    }, PATIENCE_MS)
  }
}

/** A page without scripts, and all that it showed. It can't come back by itself: whoever looks at it loads it again. */
class Plain {
  readonly #person: Person
  readonly #shown = new Map<string, string>()
  loads = 1

  constructor(person: Person) {
    this.#person = person
  }

  get texts(): string[] {
    return [...this.#shown.values()]
  }

  async look(): Promise<void> {
    for (const [id, text] of await messagesIn(this.#person.messages)) this.#shown.set(id, text)
  }

  async loadAgain(): Promise<void> {
    await this.look()
    this.loads++
    await this.#load(() => this.#person.page.reload({ waitUntil: 'commit' }))
    await this.#lookBack()
    await this.look()
  }

  async #load(open: () => Promise<unknown>): Promise<void> {
    await open()
    await this.#person.waitUntilLive()
    await this.#person.field.waitFor()
  }

  /** Where much was said meanwhile, it is on pages before. */
  async #lookBack(): Promise<void> {
    const { page, messageLog, messages } = this.#person
    const known = (some: readonly Shown[]) =>
      this.#shown.size === 0 || some.some(([id]) => this.#shown.has(id))
    if (
      known(await messagesIn(messages)) ||
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
      if (known(some) || !(await older.count())) break
      await older.click()
    }
    for (const [id, text] of pages.flat()) this.#shown.set(id, text)
    await this.#load(() => page.getByRole('link', { name: 'Newest messages' }).click())
    await this.#lookBack()
  }
}

type Shown = readonly [id: string, text: string]

function messagesIn(messages: Locator): Promise<Shown[]> {
  return messages.evaluateAll((all) =>
    all.map((message) => [message.id, message.querySelector('div').textContent] as const),
  )
}

/** The texts of all that the room keeps, oldest first. */
async function historyOf(visitor: Visitor): Promise<string[]> {
  const texts: string[] = []
  for (let before: string | null = ''; before !== null; ) {
    const query: string = before === '' ? '' : `&before=${before}`
    const answer = await visitor.get(`/r/tea/messages?limit=100${query}`, { Accept: 'application/json' })
    const past = (await answer.json()) as { messages: { text: string }[]; before: string | null }
    texts.unshift(...past.messages.map(({ text }) => text))
    before = past.before
  }
  return texts
}

inChromium(
  'a page, one without scripts, curl, a program and another process read the same in one room, whatever is cut',
  async (t, come) => {
    const { one, two } = await startClusteredProcesses(t, { snug: ['--limits', 'off'] })
    await makeKeptRoom(new Visitor(one.url))
    const proxies = await Promise.all([one, one, one, one, two].map(({ url }) => CuttingProxy.start(t, url)))
    const [pages, plains, curls, programs, others] = proxies.map(({ url }) => `${url}/r/tea`)
    const [ada, ben] = [await come(), await come({ javaScriptEnabled: false })]
    for (const person of [ada, ben])
      person.expectErrors(/ERR_/, /^htmx: htmx:(sse:)?error/, /Failed to fetch/)
    await ada.enter(pages ?? '')
    await ben.enter(plains ?? '')
    const plain = new Plain(ben)
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
      talk('page', speaker(ada)),
      talk('plain', async (text) => {
        await ben.posts(text)
        await ben.composerHolds('')
        if (Math.random() > 0.1) return
        proxies[1]?.cut()
        await plain.loadAgain()
      }),
      talk('curl', (text) => postWithCurl(`${one.url}/r/tea`, text)),
      talk('program', (text) => program.post(text)),
      talk('other', (text) => other.post(text)),
    ])
    clearInterval(cutting)
    const due = await historyOf(new Visitor(two.url))
    assert.equal(due.length, ALL)
    assert.equal(new Set(due).size, ALL)
    const transcripts: Record<keyof typeof COUNTS, () => Promise<string[]>> = {
      page: async () => (await messagesIn(ada.messages)).map(([, text]) => text),
      plain: async () => {
        await plain.look()
        return plain.texts
      },
      curl: async () => curl.texts,
      program: async () => followed.texts,
      other: async () => elsewhere.texts,
    }
    for (const [who, texts] of Object.entries(transcripts))
      await eventually(async () => assert.deepEqual(await texts(), due, who), PATIENCE_MS)
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
