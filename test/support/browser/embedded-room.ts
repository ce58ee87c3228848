import assert from 'node:assert/strict'
import type { FrameLocator, Locator, Page } from 'playwright-core'
import { eventually } from '../eventually.ts'
import type { Person } from './person.ts'
import { submit } from './submit.ts'

/** A room in an iframe of another site's page, as one person sees it. */
export class EmbeddedRoom {
  readonly frame: FrameLocator
  readonly #page: Page
  readonly #scripts: boolean

  /** @param selector selects the iframe in the page */
  constructor({ page, scripts }: Person, selector: string) {
    this.frame = page.frameLocator(selector)
    this.#page = page
    this.#scripts = scripts
  }

  get messageLog(): Locator {
    return this.#scripts ? this.frame.locator('#log') : this.frame.frameLocator('.log-frame').locator('.log')
  }

  get field(): Locator {
    return (this.#scripts ? this.frame : this.frame.frameLocator('.composer-frame')).locator('[name=text]')
  }

  message(text: string): Locator {
    return this.messageLog.locator('.message').filter({ hasText: text })
  }

  async waitUntilLive(): Promise<void> {
    if (this.#scripts) await this.waitForStatus('live')
    else await this.messageLog.locator('.notice').first().waitFor()
    await this.field.waitFor()
  }

  /** Waits until the frame shows one of these states of its stream. */
  async waitForStatus(...states: ('live' | 'reconnecting' | 'paused' | 'polling')[]): Promise<void> {
    const wanted = states.map((state) => `#status[data-state=${state}]`)
    await this.frame.locator(wanted.join()).waitFor()
  }

  /** Posts a text. Resolves when the response is in the frame, also if it is a refusal. */
  async posts(text: string): Promise<void> {
    await this.field.fill(text)
    await submit(this.#page, this.field, this.#scripts, () => this.field.press('Enter'))
  }

  /** Waits until the log holds exactly these texts, in this order. */
  async sees(...texts: string[]): Promise<void> {
    await eventually(async () =>
      assert.deepEqual(await this.messageLog.locator('.message > div').allInnerTexts(), texts),
    )
  }

  /** The name that stands above this message. */
  async authorOf(text: string): Promise<string> {
    return (await this.message(text).locator('b > bdi').textContent()) ?? ''
  }
}
