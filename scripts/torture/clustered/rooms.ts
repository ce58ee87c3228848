import { PersistentPoster } from './persistent-poster.ts'
import { Reader } from './reader.ts'
import { AgreedHistory } from './transcript.ts'

/** For each room on each process. */
const READERS = 2
const POSTERS = 2

/** The longest wait for a condition. */
const WAIT_TIMEOUT_MS = 20_000

export interface RoomOptions {
  /** URLs of the processes with readers. */
  readonly readAt: readonly string[]
  /** URLs of the processes with posters. */
  readonly postAt: readonly string[]
  /** Milliseconds between a response and the poster's next post. */
  readonly everyMs: number
  /** Whether a process may be killed under its posters. */
  readonly mayDie?: boolean
  /** Whether Redis may lose acknowledged messages, as far as it tells the readers. */
  readonly mayLose?: boolean
}

export interface Room {
  readonly name: string
  readonly kept: boolean
  readonly history: AgreedHistory
  readonly readers: readonly Reader[]
  readonly posters: PersistentPoster[]
}

/** Adds posters at another process. Returns them. */
export function addPostersAt(
  { name, posters }: Room,
  url: string,
  options: Pick<RoomOptions, 'everyMs' | 'mayDie'>,
): readonly PersistentPoster[] {
  const added = Array.from(
    { length: POSTERS },
    (_, number) => new PersistentPoster(`${name}-later-${number}`, `${url}/r/${name}`, options),
  )
  posters.push(...added)
  return added
}

/** Opens a room with readers and posters at these processes. */
export async function openRoom(
  name: string,
  { readAt, postAt, everyMs, mayDie, mayLose }: RoomOptions,
): Promise<Room> {
  const history = new AgreedHistory(mayLose)
  const forEachServer = <Made>(
    urls: readonly string[],
    count: number,
    make: (id: string, url: string) => Made,
  ) =>
    urls.flatMap((url, process) =>
      Array.from({ length: count }, (_, number) => make(`${name}-${process}-${number}`, `${url}/r/${name}`)),
    )
  const readers = forEachServer(
    readAt,
    READERS,
    (id, url) => new Reader(`reader ${id}`, `${url}/live.ndjson`, history),
  )
  // Readers must be subscribed before the first post.
  await Promise.all(readers.map((reader) => reader.waitFor(() => reader.transcript.cursor !== '')))
  return {
    name,
    kept: name === 'kept',
    history,
    readers,
    posters: forEachServer(postAt, POSTERS, (id, url) => new PersistentPoster(id, url, { everyMs, mayDie })),
  }
}

export async function makeRoomKept(url: string, room: string): Promise<void> {
  const body = new URLSearchParams({ room, kind: 'kept' })
  const { status } = await fetch(`${url}/rooms`, { method: 'POST', body, headers: { Origin: url } })
  if (status !== 201) throw new Error(`Creating a kept room was answered with ${status}`)
}

/** Resolves when each poster has one more acknowledgement. On timeout, adds a violation for each that has not. */
export async function waitUntilAcknowledged(
  posters: readonly PersistentPoster[],
  violations: string[] = [],
): Promise<void> {
  const since = performance.now()
  const pending = () => posters.filter(({ acknowledgedAt }) => acknowledgedAt <= since)
  while (pending().length > 0 && performance.now() - since < WAIT_TIMEOUT_MS)
    await new Promise((resolve) => setTimeout(resolve, 20))
  for (const { name } of pending()) violations.push(`${name} had no more posts acknowledged`)
}

/**
 * Checks that the readers received each acknowledged message. Adds what is wrong to the room's violations.
 * @param mayLose whether Redis may have lost acknowledged messages of the kept room, as far as it told the readers
 */
export async function compareTranscripts(
  { name, kept, history, readers, posters }: Room,
  mayLose = false,
): Promise<void> {
  const complete = kept && !mayLose
  const acknowledged = new Map(posters.flatMap((poster) => [...poster.acknowledged]))
  for (const [text, id] of acknowledged) history.recordEvent(id, text)
  const last = [...acknowledged.values()].reduce((top, id) => (isAfter(id, top) ? id : top), '0.0')
  const timedOut = new Promise<true>((resolve) => setTimeout(resolve, WAIT_TIMEOUT_MS, true).unref())
  for (const { transcript, arrived } of readers.map((reader) => ({
    transcript: reader.transcript,
    arrived: reader.waitFor(() => !isAfter(last, reader.transcript.cursor)),
  }))) {
    if (await Promise.race([arrived, timedOut]))
      history.violations.push(`${name}: a reader is at ${transcript.cursor}, not at ${last}`)
    const missing = [...acknowledged.keys()].filter((text) => !transcript.texts.has(text))
    if (complete && transcript.gaps > 0)
      history.violations.push(`${name}: a reader received ${transcript.gaps} gaps`)
    if (missing.length > (complete ? 0 : (transcript.missed ?? Number.POSITIVE_INFINITY)))
      history.violations.push(
        `${name}: a reader missed ${missing.length} messages, such as “${missing[0]}”, and was told of ${transcript.missed}`,
      )
  }
}

/** Whether an event id comes after another one. */
export function isAfter(id: string, other: string): boolean {
  const [[epoch = '', seq], [otherEpoch = '', otherSeq]] = [id.split('.'), other.split('.')]
  if (epoch === otherEpoch) return Number(seq) > Number(otherSeq)
  return Number.parseInt(epoch, 36) > Number.parseInt(otherEpoch, 36)
}

/** Reads all messages of a kept room, newest first. @param room the URL of its page */
export async function readHistory(room: string): Promise<{ readonly id: string; readonly text: string }[]> {
  const messages: { id: string; text: string }[] = []
  for (let before: string | null = ''; before !== null; ) {
    const query: string = before === '' ? '' : `&before=${before}`
    const response = await fetch(`${room}/messages?limit=100${query}`, {
      headers: { Accept: 'application/json' },
    })
    if (response.status !== 200) throw new Error(`Reading the history was answered with ${response.status}`)
    const page = (await response.json()) as {
      messages: { id: string; text: string }[]
      before: string | null
    }
    messages.push(...page.messages.reverse())
    before = page.before
  }
  return messages
}
