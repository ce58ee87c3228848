import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { chromium } from 'playwright-core'
import { chromiumPath } from '../../scripts/chromium.ts'
import { CHROMIUM_ARGS } from './browser.ts'
import { Person } from './person.ts'
import { emptyFolder } from './snug-process.ts'

/** A browser whose tabs are as real ones; in the other tests' browsers each page believes that it is in front. */
export interface RealBrowser {
  /** Opens one more tab, which hides the others of its window. */
  openTab(): Promise<Person>
  /** Opens one more window, beside the others. */
  openWindow(): Promise<Person>
}

export async function openBrowser(t: TestContext): Promise<RealBrowser> {
  const folder = await emptyFolder(t)
  const own = ['--headless', '--remote-debugging-port=0', `--user-data-dir=${folder}`, 'about:blank']
  const program = spawn(chromiumPath(), [...CHROMIUM_ARGS, ...own], { stdio: ['ignore', 'ignore', 'pipe'] })
  const gone = once(program, 'exit')
  t.after(async () => {
    program.kill()
    await gone
  })
  let said = ''
  let address: string | undefined
  program.stderr.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  while (address === undefined) {
    await once(program.stderr, 'data')
    address = /ws:\/\/\S+/.exec(said)?.[0]
  }
  const browser = await chromium.connectOverCDP(address, { noDefaults: true })
  const [context] = browser.contexts()
  if (!context) throw new Error('Chromium has no window')
  const control = await browser.newBrowserCDPSession()
  return {
    openTab: () => Person.with(context),
    openWindow: () =>
      Person.with(context, {}, async () => {
        const opened = context.waitForEvent('page')
        await control.send('Target.createTarget', { url: 'about:blank', newWindow: true })
        return opened
      }),
  }
}
