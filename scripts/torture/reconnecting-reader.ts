import type { AcknowledgementLog } from './acknowledgement-log.ts'

interface StreamEvent {
  readonly kind: string
  readonly id?: string
  readonly text?: string
  readonly cursor?: string
}

/** A reader who reconnects with its cursor, and must then receive exactly what it missed. */
export class ReconnectingReader {
  readonly #room: string
  readonly #acknowledgements: AcknowledgementLog
  /** The ids of all received messages, in the order of arrival. */
  readonly ids: string[] = []
  #cursor = ''

  constructor(room: string, acknowledgements: AcknowledgementLog) {
    this.#room = room
    this.#acknowledgements = acknowledgements
  }

  /** Reads until the server is killed. `open` resolves when the stream is open, `ended` when it has ended. */
  follow(url: string): { readonly open: Promise<void>; readonly ended: Promise<void> } {
    const open = Promise.withResolvers<void>()
    const ended = this.#read(url, open.resolve).catch(() => {
      // The kill ended the stream.
      open.resolve()
    })
    return { open: open.promise, ended }
  }

  async #read(url: string, onOpen: () => void): Promise<void> {
    const after = this.#cursor === '' ? '' : `?after=${this.#cursor}`
    const response = await fetch(`${url}/r/${this.#room}/live.ndjson${after}`)
    const decoder = new TextDecoder()
    let rest = ''
    for await (const chunk of response.body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      // A line that was cut off was not received; it is replayed.
      rest = lines.pop() ?? ''
      for (const line of lines) this.#record(JSON.parse(line) as StreamEvent)
      onOpen()
    }
  }

  #record({ kind, id, cursor }: StreamEvent): void {
    if (kind === 'gap') this.#acknowledgements.violations.push(`A reader received a gap at ${this.#cursor}`)
    if (kind === 'open' && this.#cursor === '') this.#cursor = cursor ?? ''
    if (kind !== 'posted' || id === undefined) return
    this.#cursor = id
    this.ids.push(id)
  }
}
