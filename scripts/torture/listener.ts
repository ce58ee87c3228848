import type { Account } from './account.ts'

interface Heard {
  readonly kind: string
  readonly id?: string
  readonly text?: string
  readonly cursor?: string
}

/** A reader who comes back with the last id that it holds, and must get exactly what it missed. */
export class Listener {
  readonly #room: string
  readonly #account: Account
  /** Every message that it got, in the order of coming. */
  readonly ids: string[] = []
  #cursor = ''

  constructor(room: string, account: Account) {
    this.#room = room
    this.#account = account
  }

  /** Reads until the server is gone; `open` resolves when the stream is. */
  listen(url: string): { readonly open: Promise<void>; readonly over: Promise<void> } {
    const open = Promise.withResolvers<void>()
    const over = this.#read(url, open.resolve).catch(() => {
      // Cut off by the kill.
      open.resolve()
    })
    return { open: open.promise, over }
  }

  async #read(url: string, opened: () => void): Promise<void> {
    const after = this.#cursor === '' ? '' : `?after=${this.#cursor}`
    const answer = await fetch(`${url}/r/${this.#room}/live.ndjson${after}`)
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of answer.body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      // What was cut within a line was not had, and comes again.
      rest = lines.pop() ?? ''
      for (const line of lines) this.#take(JSON.parse(line) as Heard)
      opened()
    }
  }

  #take({ kind, id, cursor }: Heard): void {
    if (kind === 'gap') this.#account.faults.push(`A reader was told of a gap at ${this.#cursor}`)
    if (kind === 'open' && this.#cursor === '') this.#cursor = cursor ?? ''
    if (kind !== 'posted' || id === undefined) return
    this.#cursor = id
    this.ids.push(id)
  }
}
