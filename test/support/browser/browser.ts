import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core'
import { findChromium } from '../../../scripts/chromium.ts'
import { Person } from './person.ts'

/** What every Chromium of the tests is started with. */
export const CHROMIUM_ARGS: readonly string[] = [
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
  // Chromium refuses to sandbox for root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
]

/** How long one test may take; each waits for what it expects, so that only a failing one comes near. */
const TEST_TIMEOUT_MS = 120_000

/** Brings somebody with a browser profile of their own. */
export type OpenPerson = (options?: BrowserContextOptions) => Promise<Person>

type BrowserTest = (sentence: string, run: (t: TestContext, come: OpenPerson) => Promise<void>) => void

/**
 * Declares tests that share one browser for the file. What a page complains of, and the test did not announce, fails
 * the test.
 */
export function browserTests(args: readonly string[] = [], without: string[] = []): BrowserTest {
  let browser: Browser
  before(async () => {
    browser = await launch(args, without)
  })
  after(() => browser.close())

  return (sentence, run) => {
    test(sentence, { timeout: TEST_TIMEOUT_MS }, async (t) => {
      const people: Person[] = []
      try {
        await run(t, async (options = {}) => {
          const person = await Person.open(await browser.newContext(options), options)
          people.push(person)
          return person
        })
        assert.deepEqual(
          people.flatMap((person) => person.unexpectedErrors),
          [],
        )
      } finally {
        // Before the server goes: what pages say of that is nobody's concern.
        for (const { context } of people) await context.close()
      }
    })
  }
}

function launch(args: readonly string[], without: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [...CHROMIUM_ARGS, ...args],
    ignoreDefaultArgs: without,
  })
}
