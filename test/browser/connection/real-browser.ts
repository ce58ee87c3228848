import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext } from 'node:test'
import { type BrowserContext, type CDPSession, chromium } from 'playwright-core'
import { findChromium } from '../../../scripts/chromium.ts'
import { ADDRESS_BAR_FEATURES, CHROMIUM_ARGS } from '../../support/browser/browser.ts'
import { Person } from '../../support/browser/person.ts'

/**
 * A browser whose tabs are as real ones: only one of a window is shown, and timers of the others rest. In the other
 * tests' browsers each page believes that it is in front.
 */
export class RealBrowser {
  #context: BrowserContext | undefined
  #cdp: CDPSession | undefined

  /** Declares one for the tests of a file. */
  static forFile(): RealBrowser {
    const real = new RealBrowser()
    let folder = ''
    let program: ChildProcess | undefined
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'snug-test-'))
      const own = [
        '--headless',
        '--remote-debugging-port=0',
        `--user-data-dir=${folder}`,
        `--disable-features=${ADDRESS_BAR_FEATURES.join()}`,
        'about:blank',
      ]
      const started = spawn(findChromium(), [...CHROMIUM_ARGS, ...own], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      program = started
      let said = ''
      started.stderr.setEncoding('utf8').on('data', (text) => {
        said += text
      })
      let address: string | undefined
      while (address === undefined) {
        await once(started.stderr, 'data')
        address = /ws:\/\/\S+/.exec(said)?.[0]
      }
      const browser = await chromium.connectOverCDP(address, { noDefaults: true })
      real.#context = browser.contexts()[0]
      real.#cdp = await browser.newBrowserCDPSession()
    })
    after(async () => {
      if (!program) return
      const gone = once(program, 'exit')
      // Asked politely, it may wait for a page that crashed or is frozen.
      program.kill('SIGKILL')
      await gone
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    })
    return real
  }

  /** Opens one more tab, until the test ends; it hides the others of its window. */
  async openTab(t: TestContext): Promise<Person> {
    if (!this.#context) throw new Error('Chromium has no window')
    return closeAfterTest(t, await Person.open(this.#context))
  }

  /** Opens one more window, beside the others. */
  async openWindow(t: TestContext): Promise<Person> {
    const [context, control] = [this.#context, this.#cdp]
    if (!context || !control) throw new Error('Chromium has no window')
    const open = async () => {
      const opened = context.waitForEvent('page')
      await control.send('Target.createTarget', { url: 'about:blank', newWindow: true })
      return opened
    }
    return closeAfterTest(t, await Person.open(context, {}, open))
  }
}

function closeAfterTest(t: TestContext, person: Person): Person {
  t.after(() => person.page.close())
  return person
}
