import type { AcknowledgementLog } from './acknowledgement-log.ts'

interface StreamEvent {
  readonly kind: string
  readonly id?: string
  readonly text?: string
  readonly cursor?: string
}

/** A reader who comes back with the last id that it holds, and must get exactly what it missed. */
export class ReconnectingReader {
  readonly #room: string
  readonly #acknowledgements: AcknowledgementLog
  /** Every message that it got, in the order of coming. */
  readonly ids: string[] = []
  #cursor = ''

  constructor(room: string, account: AcknowledgementLog) {
    this.#room = room
    this.#acknowledgements = account
  }

  /** Reads until the server is gone; `open` resolves when the stream is. */
  follow(url: string): { readonly open: Promise<void>; readonly over: Promise<void> } {
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
      for (const line of lines) this.#record(JSON.parse(line) as StreamEvent)
      opened()
    }
  }

  #record({ kind, id, cursor }: StreamEvent): void {
    if (kind === 'gap')
      this.#acknowledgements.violations.push(`A reader was told of a gap at ${this.#cursor}`)
    if (kind === 'open' && this.#cursor === '') this.#cursor = cursor ?? ''
    if (kind !== 'posted' || id === undefined) return
    this.#cursor = id
    this.ids.push(id)
  }
}
