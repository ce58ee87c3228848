import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { emptyFolder, type TestScope } from '../../support/process/snug-process.ts'

// By default lynx pauses for a second or more at each of its status messages.
const SETTINGS = `PERSISTENT_COOKIES:TRUE
INFOSECS:0
MESSAGESECS:0
ALERTSECS:0
DELAYSECS:0
REPLAYSECS:0
`

/** Moves to the next link, field or button. */
export const NEXT_KEY = '^I'
export const ENTER_KEY = '^J'
/** Clears a field. */
export const CLEAR_FIELD_KEY = '^U'

/** A user of the text browser lynx. Cookies are kept from one call to the next. */
export class Lynx {
  /** The address of the last page that it showed. */
  lastUrl = ''
  readonly #folder: string
  #links = new Map<string, string>()

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async create(t: TestScope): Promise<Lynx> {
    const folder = await emptyFolder(t)
    await writeFile(join(folder, 'lynx.cfg'), SETTINGS)
    return new Lynx(folder)
  }

  /** Opens a page and returns its text. */
  async showPage(url: string): Promise<string> {
    this.lastUrl = url
    return this.#parseDump(await this.#run(['-dump', '-width=200', url]))
  }

  /** Follows a link of the last page and returns the text of the next one. */
  followLink(link: string): Promise<string> {
    const url = this.#links.get(link)
    if (url === undefined) throw new Error(`There is no link ${link}`)
    return this.showPage(url)
  }

  /** Posts a form from the command line and returns the text of the page that follows. */
  async postForm(url: string, form: string): Promise<string> {
    return this.#parseDump(await this.#run(['-dump', '-width=200', '-post_data', url], `${form}\n---\n`))
  }

  /** Opens a page, presses these keys, and quits. */
  async pressKeys(url: string, ...keys: string[]): Promise<void> {
    const script = join(this.#folder, 'keys')
    const pressed = keys.flatMap((key) =>
      key.startsWith('^') ? [key] : [...key].map((letter) => (letter === ' ' ? '<space>' : letter)),
    )
    await writeFile(script, [...pressed, 'q', 'y'].map((key) => `key ${key}\n`).join(''))
    await this.#run([`-cmd_script=${script}`, url])
  }

  // The dump numbers the links in the page and lists their addresses below it.
  #parseDump(dump: string): string {
    const [shown = '', list = ''] = dump.split('\nReferences\n')
    const addresses = new Map([...list.matchAll(/^ *(\d+)\. (\S+)$/gm)].map(([, n, url]) => [n, url]))
    this.#links = new Map(
      [...shown.matchAll(/\[(\d+)\]([^[·\n]+)/g)].map(([, n, text = '']) => [
        text.trim(),
        addresses.get(n) ?? '',
      ]),
    )
    return shown.replace(/\[\d+\]/g, '')
  }

  async #run(args: readonly string[], input = ''): Promise<string> {
    const jar = join(this.#folder, 'cookies')
    const cookies = ['-accept_all_cookies', `-cookie_file=${jar}`, `-cookie_save_file=${jar}`]
    const lynx = spawn(
      process.env.LYNX ?? 'lynx',
      [`-cfg=${join(this.#folder, 'lynx.cfg')}`, '-display_charset=utf-8', ...cookies, ...args],
      {
        // A home of its own, so that no settings of a user apply.
        env: { HOME: this.#folder, TERM: 'vt100', LANG: 'C.UTF-8', LINES: '60', COLUMNS: '120' },
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    )
    lynx.stdin.end(input)
    let shown = ''
    for (const output of [lynx.stdout, lynx.stderr])
      output.setEncoding('utf8').on('data', (text) => {
        shown += text
      })
    await once(lynx, 'close')
    return shown
  }
}
