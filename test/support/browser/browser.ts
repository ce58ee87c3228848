import assert from 'node:assert/strict'
import { after, before, type TestContext, test } from 'node:test'
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core'
import { findChromium } from '../../../scripts/chromium.ts'
import { Person } from './person.ts'

/** The command line of every Chromium in the tests. */
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

/**
 * Popups of Chromium's address bar. Each context would load them into a renderer of its own, which takes more CPU time
 * than a room's page.
 */
export const ADDRESS_BAR_FEATURES: readonly string[] = ['WebUIOmniboxPopup', 'WebUIOmniboxAimPopup']

/** Chromium obeys only the last `--disable-features`: this repeats the list of Playwright (chromiumSwitches.ts). */
const DISABLED_FEATURES: readonly string[] = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
  ...ADDRESS_BAR_FEATURES,
]

/** The command line of a Chromium that Playwright starts. */
export const PLAYWRIGHT_ARGS: readonly string[] = [
  ...CHROMIUM_ARGS,
  `--disable-features=${DISABLED_FEATURES.join()}`,
]

/** Time limit of one test. Tests wait for events: only a failing test comes near it. */
export const TEST_TIMEOUT_MS = 240_000

/** Opens a browser profile with a page for one more person. */
export type OpenPerson = (options?: BrowserContextOptions) => Promise<Person>

type BrowserTest = (sentence: string, run: (t: TestContext, come: OpenPerson) => Promise<void>) => void

/** Declares tests that share the browser of their file. An error of a page fails a test that does not expect it. */
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
        // Before the server stops: pages would report that as an error.
        for (const { context } of people) await context.close()
      }
    })
  }
}

function launch(args: readonly string[], without: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [...PLAYWRIGHT_ARGS, ...args],
    ignoreDefaultArgs: without,
  })
}
