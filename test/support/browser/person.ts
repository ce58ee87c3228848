import assert from 'node:assert/strict'
import type { BrowserContext, BrowserContextOptions, FrameLocator, Locator, Page } from 'playwright-core'
import { eventually } from '../eventually.ts'

const TELL_VIOLATIONS =
  "addEventListener('securitypolicyviolation', (e) => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"

/** Somebody with a browser, with scripts or without: the same verbs for both. */
export class Person {
  readonly context: BrowserContext
  readonly page: Page
  readonly scripts: boolean
  readonly #heard: string[] = []
  readonly #announced: RegExp[] = []

  private constructor(context: BrowserContext, page: Page, scripts: boolean) {
    this.context = context
    this.page = page
    this.scripts = scripts
  }

  /** @param open opens their page */
  static async with(
    context: BrowserContext,
    { javaScriptEnabled = true }: BrowserContextOptions = {},
    open: () => Promise<Page> = () => context.newPage(),
  ) {
    await context.addInitScript(TELL_VIOLATIONS)
    const person = new Person(context, await open(), javaScriptEnabled)
    person.page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') person.#heard.push(message.text())
    })
    person.page.on('pageerror', (error) => person.#heard.push(error.stack ?? String(error)))
    return person
  }

  /** Errors that the test itself brings about. */
  announce(...complaints: RegExp[]): void {
    this.#announced.push(...complaints)
  }

  /** What pages complained of so far, but for what was announced. */
  get complaints(): string[] {
    return this.#heard.filter((text) => !this.#announced.some((complaint) => complaint.test(text)))
  }

  /** Where messages stand. A page without scripts never finishes loading: only its frames tell that it is there. */
  get log(): Locator {
    return this.scripts ? this.page.locator('#log') : this.page.frameLocator('iframe.live').locator('.log')
  }

  get composer(): Page | FrameLocator {
    return this.scripts ? this.page : this.page.frameLocator('iframe.write')
  }

  get field(): Locator {
    return this.composer.locator('[name=text]')
  }

  get messages(): Locator {
    return this.log.locator('.message')
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
    await this.isLive()
    await this.field.waitFor()
  }

  async isLive(): Promise<void> {
    if (this.scripts) await this.isTold('live')
    else await this.log.locator('.line').first().waitFor()
  }

  /** Waits until the page says that its stream is so. */
  async isTold(state: 'live' | 'reconnecting' | 'offline' | 'paused' | 'turns'): Promise<void> {
    await this.page.locator(`#status[data-state=${state}]`).waitFor()
  }

  async says(text: string): Promise<void> {
    await this.field.fill(text)
    await this.field.press('Enter')
  }

  /** Waits until the log holds exactly these texts, in this order. */
  async sees(...texts: string[]): Promise<void> {
    await eventually(async () => assert.deepEqual(await this.texts(), texts))
  }

  texts(): Promise<string[]> {
    return this.messages.locator('> div').allInnerTexts()
  }

  /** Waits until the composer holds this text, and this sentence beside it if any. */
  async holds(text: string, sentence?: RegExp): Promise<void> {
    await eventually(async () => assert.equal(await this.field.inputValue(), text))
    const refusal = this.composer.locator('#refusal')
    if (sentence) await eventually(async () => assert.match((await refusal.textContent()) ?? '', sentence))
    else await eventually(async () => assert.equal(await refusal.count(), 0))
  }
}

/** The value of a style as the browser computed it. */
export function computed(locator: Locator, property: string): Promise<string> {
  return locator.evaluate(
    (element, name) => element.ownerDocument.defaultView.getComputedStyle(element)[name],
    property,
  )
}
