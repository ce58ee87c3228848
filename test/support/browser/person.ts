import assert from 'node:assert/strict'
import type { BrowserContext, BrowserContextOptions, FrameLocator, Locator, Page } from 'playwright-core'
import { eventually } from '../eventually.ts'
import { submit } from './submit.ts'

/** How long one step of a test waits for what it expects, on a machine that is busy with something else. */
const STEP_TIMEOUT_MS = 60_000

const REPORT_CSP_VIOLATIONS =
  "addEventListener('securitypolicyviolation', (e) => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"

/** A person with a browser profile and a page. The methods are the same with and without scripts. */
export class Person {
  readonly context: BrowserContext
  readonly page: Page
  readonly scripts: boolean
  readonly #consoleErrors: string[] = []
  readonly #expectedErrors: RegExp[] = []

  private constructor(context: BrowserContext, page: Page, scripts: boolean) {
    this.context = context
    this.page = page
    this.scripts = scripts
  }

  /** @param open opens the page */
  static async open(
    context: BrowserContext,
    { javaScriptEnabled = true }: BrowserContextOptions = {},
    open: () => Promise<Page> = () => context.newPage(),
  ) {
    context.setDefaultTimeout(STEP_TIMEOUT_MS)
    await context.addInitScript(REPORT_CSP_VIOLATIONS)
    const person = new Person(context, await open(), javaScriptEnabled)
    person.page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        person.#consoleErrors.push(message.text())
    })
    person.page.on('pageerror', (error) => person.#consoleErrors.push(error.stack ?? String(error)))
    return person
  }

  /** Announces errors of the page that the test itself causes. */
  expectErrors(...errors: RegExp[]): void {
    this.#expectedErrors.push(...errors)
  }

  /** The errors and warnings of the page so far that the test does not expect. */
  get unexpectedErrors(): string[] {
    return this.#consoleErrors.filter((text) => !this.#expectedErrors.some((error) => error.test(text)))
  }

  /** The element that contains the messages. Without scripts, it is in a frame that never finishes loading. */
  get messageLog(): Locator {
    return this.scripts
      ? this.page.locator('#log')
      : this.page.frameLocator('iframe.log-frame').locator('.log')
  }

  get composer(): Page | FrameLocator {
    return this.scripts ? this.page : this.page.frameLocator('iframe.composer-frame')
  }

  get field(): Locator {
    return this.composer.locator('[name=text]')
  }

  get messages(): Locator {
    return this.messageLog.locator('.message')
  }

  message(text: string): Locator {
    return this.messages.filter({ hasText: text })
  }

  async goto(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: 'commit' })
  }

  /** Opens a room's page and waits until it is live. */
  async enter(url: string): Promise<void> {
    await this.goto(url)
    await this.waitUntilLive()
    await this.field.waitFor()
  }

  async waitUntilLive(): Promise<void> {
    if (this.scripts) await this.waitForStatus('live')
    else await this.messageLog.locator('.notice').first().waitFor()
  }

  /** Waits until the page shows this state of its stream. */
  async waitForStatus(state: 'live' | 'reconnecting' | 'offline' | 'paused' | 'polling'): Promise<void> {
    await this.page.locator(`#status[data-state=${state}]`).waitFor()
  }

  /** Posts a text. Resolves when the response is in the page, also if it is a refusal. */
  async posts(text: string): Promise<void> {
    await this.field.fill(text)
    await this.submits(this.field, () => this.field.press('Enter'))
  }

  /** Types a text and presses Enter, without waiting for the response. */
  async sends(text: string): Promise<void> {
    await this.field.fill(text)
    await this.field.press('Enter')
  }

  /** Does what submits the form of `field`. Resolves when the response is in the page, also if it is a refusal. */
  submits(field: Locator, act: () => Promise<unknown>): Promise<void> {
    return submit(this.page, field, this.scripts, act)
  }

  /** Waits until the log holds exactly these texts, in this order. */
  async sees(...texts: string[]): Promise<void> {
    await eventually(async () => assert.deepEqual(await this.texts(), texts))
  }

  texts(): Promise<string[]> {
    return this.messages.locator('> div').allInnerTexts()
  }

  /** Waits until the composer holds this text, and beside it this refusal or none. */
  async composerHolds(text: string, sentence?: RegExp): Promise<void> {
    await eventually(async () => assert.equal(await this.field.inputValue(), text))
    const refusal = this.composer.locator('#refusal')
    if (sentence) await eventually(async () => assert.match((await refusal.textContent()) ?? '', sentence))
    else await eventually(async () => assert.equal(await refusal.count(), 0))
  }
}

/** The computed value of a CSS property. */
export function computedStyle(locator: Locator, property: string): Promise<string> {
  return locator.evaluate(
    (element, name) => element.ownerDocument.defaultView.getComputedStyle(element)[name],
    property,
  )
}
