import assert from 'node:assert/strict'
import type { FrameLocator, Locator } from 'playwright-core'
import { eventually } from '../eventually.ts'
import type { Person } from './person.ts'

/** A room within another site's page, as somebody has it before them. */
export class Embedded {
  readonly frame: FrameLocator
  readonly #scripts: boolean

  /** @param selector of the frame in the page */
  constructor({ page, scripts }: Person, selector: string) {
    this.frame = page.frameLocator(selector)
    this.#scripts = scripts
  }

  get log(): Locator {
    return this.#scripts ? this.frame.locator('#log') : this.frame.frameLocator('.live').locator('.log')
  }

  get field(): Locator {
    return (this.#scripts ? this.frame : this.frame.frameLocator('.write')).locator('[name=text]')
  }

  message(text: string): Locator {
    return this.log.locator('.message').filter({ hasText: text })
  }

  async isLive(): Promise<void> {
    if (this.#scripts) await this.isTold('live')
    else await this.log.locator('.line').first().waitFor()
    await this.field.waitFor()
  }

  /** Waits until the frame says that its stream is so. */
  async isTold(...states: ('live' | 'reconnecting' | 'paused' | 'turns')[]): Promise<void> {
    const wanted = states.map((state) => `#status[data-state=${state}]`)
    await this.frame.locator(wanted.join()).waitFor()
  }

  async says(text: string): Promise<void> {
    await this.field.fill(text)
    await this.field.press('Enter')
  }

  /** Waits until the log holds exactly these texts, in this order. */
  async sees(...texts: string[]): Promise<void> {
    await eventually(async () =>
      assert.deepEqual(await this.log.locator('.message > div').allInnerTexts(), texts),
    )
  }

  /** The name of whoever wrote this. */
  async authorOf(text: string): Promise<string> {
    return (await this.message(text).locator('b > bdi').textContent()) ?? ''
  }
}
