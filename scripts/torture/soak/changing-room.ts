import { Visitor } from '../../../test/support/http/visitor.ts'
import { readEvents, type StreamEvent } from './read-events.ts'

/** The room keeps this many messages; older ones are deleted while it is read. */
export const KEEP = 200

/** Milliseconds between two changes. */
const PAUSE_MS = 50

/** Milliseconds from the end of a stream until its reader connects again. */
const RETRY_MS = 100

/** A member who posts, edits and deletes in turn. */
export class ChangingMember {
  readonly violations: string[] = []
  /** What each message is now, by id; undefined once it is deleted. Only what the server acknowledged. */
  readonly texts = new Map<string, string | undefined>()
  changes = 0
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>

  /** @param url of the server, without a slash at the end */
  constructor(url: string, room: string) {
    this.#ended = this.#changeUntilStopped(new Visitor(url), `/r/${room}/messages`)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  async #changeUntilStopped(member: Visitor, messages: string): Promise<void> {
    const recent: string[] = []
    while (!this.#stop.signal.aborted) {
      const text = `change ${this.changes++}`
      const old = recent[Math.floor(Math.random() * recent.length)]
      const choice = old === undefined ? 0 : this.changes % 4
      if (choice <= 1) {
        const id = await this.#send(member, messages, { text }, 201)
        recent.push(id)
        this.texts.set(id, text)
      } else if (choice === 2 && old !== undefined) {
        await this.#send(member, `${messages}/${old}`, { text }, 200)
        this.texts.set(old, text)
      } else if (old !== undefined) {
        await this.#send(member, `${messages}/${old}/delete`, {}, 204)
        this.texts.set(old, undefined)
        recent.splice(recent.indexOf(old), 1)
      }
      // The room may have deleted older messages already.
      if (recent.length > KEEP / 2) recent.shift()
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }

  /** @returns the id in the response, if it has one */
  async #send(
    member: Visitor,
    path: string,
    fields: Record<string, string>,
    wanted: number,
  ): Promise<string> {
    const response = await member.post(path, fields, { Accept: 'application/json' })
    const body = await response.text()
    if (response.status !== wanted)
      this.violations.push(`${path} was answered with ${response.status}: ${body}`)
    return response.status < 300 && body !== '' ? String(JSON.parse(body).id) : ''
  }
}

/** A reader who applies each event to what it shows, like a program with a view of the room. */
export class View {
  readonly violations: string[] = []
  readonly texts = new Map<string, string>()
  cursor = ''
  gaps = 0
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>

  /** @param live the URL of the room's `live.ndjson` */
  constructor(live: string) {
    this.#ended = this.#readUntilStopped(live)
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  async #readUntilStopped(live: string): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const after = this.cursor === '' ? '' : `?after=${this.cursor}`
      for await (const event of readEvents(live + after, signal)) this.#apply(event)
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }

  #apply({ kind, id, text = '', cursor, afresh, of = '', message }: StreamEvent): void {
    if (kind === 'open' && this.cursor === '') this.cursor = cursor ?? ''
    if (kind === 'gap') this.gaps++
    if (kind === 'gap' && afresh) this.texts.clear()
    if (kind === 'gap') this.cursor = cursor ?? this.cursor
    if (id === undefined) return
    if (!afresh && seqOf(id) <= seqOf(this.cursor))
      this.violations.push(`${kind} ${id} came after ${this.cursor}`)
    this.cursor = id
    if (kind === 'posted') this.texts.set(id, text)
    if (kind === 'edited' && message) this.texts.set(message.id, message.text)
    if (kind === 'deleted') this.texts.delete(of)
  }
}

/**
 * Compares what the server has with what it acknowledged and what readers show.
 * @param history all messages of the room, oldest first
 * @returns a sentence for each difference
 */
export function compareChanges(
  history: readonly { readonly id: string; readonly text: string }[],
  member: Pick<ChangingMember, 'texts'>,
  views: readonly Pick<View, 'texts' | 'gaps'>[],
): string[] {
  const present = [...member.texts].filter(([, text]) => text !== undefined)
  const expected = present.slice(-history.length).map(([id, text]) => ({ id, text: text ?? '' }))
  const shown = new Map(history.map(({ id, text }) => [id, text]))
  const differing = expected.filter(({ id, text }) => shown.get(id) !== text)
  return [
    ...(history.length === Math.min(KEEP, present.length)
      ? []
      : [`The room has ${history.length} messages of ${present.length}`]),
    ...differing.map(({ id, text }) => `${id} is “${shown.get(id)}” in the history, not “${text}”`),
    ...views.flatMap(({ texts, gaps }, number) => [
      ...(gaps > 0 ? [`view ${number} received ${gaps} gaps`] : []),
      ...history
        .filter(({ id, text }) => texts.get(id) !== text)
        .map(({ id, text }) => `${id} is “${texts.get(id)}” in view ${number}, not “${text}”`),
      ...[...texts.keys()]
        .filter((id) => seqOf(id) >= seqOf(history[0]?.id ?? '') && !shown.has(id))
        .map((id) => `${id} is still in view ${number}`),
    ]),
  ]
}

function seqOf(id: string): number {
  return Number(id.split('.')[1] ?? 0)
}
