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
 * A browser with real tabs: only one tab of a window is visible, and timers of the other tabs are throttled. In the
 * browsers of other tests, each page believes that it is visible.
 */
export class RealBrowser {
  #context: BrowserContext | undefined
  #cdp: CDPSession | undefined

  /** Declares the browser for the tests of a file. */
  static forFile(): RealBrowser {
    const browser = new RealBrowser()
    let folder = ''
    let program: ChildProcess | undefined
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'snug-test-'))
      const options = [
        '--headless',
        '--remote-debugging-port=0',
        `--user-data-dir=${folder}`,
        `--disable-features=${ADDRESS_BAR_FEATURES.join()}`,
        'about:blank',
      ]
      const started = spawn(findChromium(), [...CHROMIUM_ARGS, ...options], {
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      program = started
      let output = ''
      started.stderr.setEncoding('utf8').on('data', (text) => {
        output += text
      })
      let address: string | undefined
      while (address === undefined) {
        await once(started.stderr, 'data')
        address = /ws:\/\/\S+/.exec(output)?.[0]
      }
      const connected = await chromium.connectOverCDP(address, { noDefaults: true })
      browser.#context = connected.contexts()[0]
      browser.#cdp = await connected.newBrowserCDPSession()
    })
    after(async () => {
      if (!program) return
      const ended = once(program, 'exit')
      // On another signal it may wait for a page that crashed or is frozen.
      program.kill('SIGKILL')
      await ended
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    })
    return browser
  }

  /** Opens one more tab, until the test ends. It hides the other tabs of its window. */
  async openTab(t: TestContext): Promise<Person> {
    if (!this.#context) throw new Error('Chromium has no window')
    return closeAfterTest(t, await Person.open(this.#context))
  }

  /** Opens one more window, until the test ends. */
  async openWindow(t: TestContext): Promise<Person> {
    const [context, cdp] = [this.#context, this.#cdp]
    if (!context || !cdp) throw new Error('Chromium has no window')
    const open = async () => {
      const opened = context.waitForEvent('page')
      await cdp.send('Target.createTarget', { url: 'about:blank', newWindow: true })
      return opened
    }
    return closeAfterTest(t, await Person.open(context, {}, open))
  }
}

function closeAfterTest(t: TestContext, person: Person): Person {
  t.after(() => person.page.close())
  return person
}
