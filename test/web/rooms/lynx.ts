import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { emptyFolder, type TestScope } from '../../support/process/snug-process.ts'

// It stays a second and more on each of its own sentences, for people to read them.
const SETTINGS = `PERSISTENT_COOKIES:TRUE
INFOSECS:0
MESSAGESECS:0
ALERTSECS:0
DELAYSECS:0
REPLAYSECS:0
`

/** To what comes next that can be followed, filled in or pressed. */
export const NEXT_KEY = '^I'
export const ENTER_KEY = '^J'
/** Empties a field. */
export const CLEAR_FIELD_KEY = '^U'

/** Somebody with lynx, which shows text alone: it keeps its cookies from one call to the next. */
export class Lynx {
  /** The address of the page that it showed last. */
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

  /** What a page looks like. */
  async showPage(url: string): Promise<string> {
    this.lastUrl = url
    return this.#parseDump(await this.#run(['-dump', '-width=200', url]))
  }

  /** What the page looks like that a link of the last one leads to. */
  followLink(link: string): Promise<string> {
    const url = this.#links.get(link)
    if (url === undefined) throw new Error(`There is no link ${link}`)
    return this.showPage(url)
  }

  /** Posts this form, as the command line lets it; what it is shown then. */
  async postForm(url: string, form: string): Promise<string> {
    return this.#parseDump(await this.#run(['-dump', '-width=200', '-post_data', url], `${form}\n---\n`))
  }

  /** Opens a page, types and presses these keys, and ends. */
  async pressKeys(url: string, ...keys: string[]): Promise<void> {
    const script = join(this.#folder, 'keys')
    const pressed = keys.flatMap((key) =>
      key.startsWith('^') ? [key] : [...key].map((letter) => (letter === ' ' ? '<space>' : letter)),
    )
    await writeFile(script, [...pressed, 'q', 'y'].map((key) => `key ${key}\n`).join(''))
    await this.#run([`-cmd_script=${script}`, url])
  }

  // Links are numbered in the page, and listed below it.
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
        // Its own settings are nobody's.
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
