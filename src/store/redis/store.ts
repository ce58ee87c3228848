import { createHash } from 'node:crypto'
import { authorDigest } from '../../chat/author-digest.ts'
import type { Embedding } from '../../chat/embedding.ts'
import {
  type Author,
  type Deleted,
  type Edited,
  type EventId,
  formatId,
  type Posted,
  type RoomEvent,
} from '../../chat/event.ts'
import type { KeptRoom, Settings } from '../../chat/kept-room.ts'
import type { Member } from '../../chat/member.ts'
import type { Draft } from '../../chat/message.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import type { EditAuthorization, HistoryPage, HistoryQuery, Store } from '../../chat/ports/store.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { Script } from '../../redis/script.ts'
import { hideFromSlowLog } from '../../redis/slow-log.ts'
import { readEventId } from '../../redis/wire.ts'
import { rejected } from '../rejection.ts'
import { exportLines } from './export.ts'
import { APPEND } from './lua/append.ts'
import { DELETE_MESSAGE } from './lua/delete-message.ts'
import { EDIT } from './lua/edit.ts'
import { BETWEEN, HAS_EVENT, MESSAGE, PAGE, TOP } from './lua/read.ts'
import { assemblePage, pageRanges } from './page.ts'
import { decodeEvent, decodeMessage, encodeEditablePart, encodeMessage } from './record.ts'
import { Rooms, type RoomsTools } from './rooms.ts'
import { RoomScripts, type ScriptArgument, type ScriptReply } from './scripts.ts'
import { decodeSettings } from './settings.ts'

/** How long a kept room remembers a key (P5). */
const KEY_TTL_MS = 86_400_000

export interface RedisStoreTools extends RoomsTools {
  readonly secrets: Secrets
}

/**
 * Stores kept rooms in Redis for all processes that use it. Each script that writes an event also publishes it (P2).
 */
export class RedisStore implements Store {
  readonly #tools: RedisStoreTools
  readonly #scripts: RoomScripts
  readonly #rooms: Rooms

  constructor(tools: RedisStoreTools) {
    this.#tools = tools
    this.#scripts = new RoomScripts(tools.redis, tools.newestSeen)
    this.#rooms = new Rooms(tools, this.#scripts)
  }

  async close(): Promise<void> {
    this.#rooms.close()
  }

  /** Must be called when the room was changed, perhaps by another process. It is read again when it is needed. */
  invalidate(room: Slug): void {
    this.#rooms.invalidate(room)
  }

  /** Must be called when this process may have missed changes of any room. */
  invalidateAll(): void {
    this.#rooms.invalidateAll()
  }

  async findKeptRoom(room: Slug): Promise<KeptRoom | undefined> {
    return (await this.#rooms.find(room)).room
  }

  async reservedUntil(room: Slug): Promise<number | undefined> {
    const { reservedUntil } = await this.#rooms.find(room)
    return reservedUntil !== undefined && reservedUntil > this.#now() ? reservedUntil : undefined
  }

  listedRooms(): Promise<readonly Slug[]> {
    return this.#rooms.listed()
  }

  async isOwner(room: Slug, owner: string): Promise<boolean> {
    // Both are digests, so the time that the comparison takes reveals nothing.
    return (await this.#rooms.find(room)).owner === owner
  }

  createRoom(room: Slug, settings: Settings, owner: string): Promise<KeptRoom | undefined> {
    return this.#rooms.createRoom(room, settings, owner)
  }

  changeSettings(room: Slug, settings: Settings): Promise<KeptRoom> {
    return this.#rooms.changeSettings(room, settings)
  }

  readEmbedding(room: Slug): Promise<Embedding> {
    return this.#rooms.embedding(room)
  }

  changeEmbedding(room: Slug, embedding: Embedding): Promise<void> {
    return this.#rooms.changeEmbedding(room, embedding)
  }

  deleteRoom(room: Slug): Promise<void> {
    return this.#rooms.deleteRoom(room)
  }

  async append(room: Slug, member: Member, author: Author, { text, key }: Draft): Promise<Posted> {
    const { secrets, redis } = this.#tools
    const at = this.#now()
    const by = authorDigest(secrets, room, member)
    const json = encodeMessage({ at, by, author, text })
    const args = [KEY_TTL_MS, secrets.digest('text', text), hideFromSlowLog(json)]
    const keys = key === undefined ? [] : [redis.keys.room(room, `once:${digestKey(by, key)}`)]
    const { status, values } = await this.#write(APPEND, room, at, args, keys)
    const [first = '', ...rest] = values.map(String)
    const posted = (id: EventId): Posted => ({ kind: 'posted', id, room, at, author, text, kept: true })
    if (status === 'new') {
      const [storedAt, ...settings] = rest
      this.#rooms.renew({ slug: room, ...decodeSettings(settings) })
      return { ...posted(readEventId(first)), at: Number(storedAt) }
    }
    const [id, digest = ''] = first.split(' ')
    if (!secrets.verify(digest, 'text', text)) throw rejected('key-reused')
    // A repeat returns the message as it was posted, even if it was edited or deleted since.
    const stored = rest[0] ? decodeMessage(room, rest[0]).message : undefined
    return { ...posted(readEventId(id)), ...(stored && { at: stored.at, author: stored.author }) }
  }

  async edit(room: Slug, id: EventId, changer: EditAuthorization, text: string): Promise<Edited> {
    const now = this.#now()
    const args = [formatId(id), changerDigest(changer), hideFromSlowLog(encodeEditablePart(text, now))]
    const { values } = await this.#write(EDIT, room, now, args)
    const [event, json = ''] = values.map(String)
    const { message } = decodeMessage(room, json)
    return { kind: 'edited', id: readEventId(event), room, at: message.editedAt ?? now, message }
  }

  async deleteMessage(room: Slug, id: EventId, changer: EditAuthorization): Promise<Deleted> {
    const run = () => this.#write(DELETE_MESSAGE, room, this.#now(), [formatId(id), changerDigest(changer)])
    let reply = await run()
    while (reply.status === 'more') reply = await run()
    const [event, at] = reply.values
    return { kind: 'deleted', id: readEventId(event), room, at: Number(at), of: id }
  }

  async top(room: Slug): Promise<EventId> {
    return readEventId((await this.#scripts.read(TOP, room, [])).values[0])
  }

  async hasEvent(room: Slug, { epoch, seq }: EventId): Promise<boolean> {
    return (await this.#scripts.read(HAS_EVENT, room, [epoch, seq])).values[0] === 1
  }

  async readEvents(room: Slug, after: EventId, upTo: EventId, limit: number): Promise<RoomEvent[]> {
    const { values } = await this.#scripts.read(BETWEEN, room, [after.seq, upTo.seq, limit, 0])
    return values.map((json) => decodeEvent(room, String(json)))
  }

  async readPage(room: Slug, query: HistoryQuery, limit: number): Promise<HistoryPage> {
    const { values } = await this.#scripts.read(PAGE, room, pageRanges(query, limit))
    const [top, earlier, later] = values as [string, string[], string[]]
    const decode = (json: string) => decodeMessage(room, json).message
    return { ...assemblePage(query, limit, earlier.map(decode), later.map(decode)), top: readEventId(top) }
  }

  async *export(room: Slug): AsyncGenerator<string, void, void> {
    if (!(await this.findKeptRoom(room))) throw rejected('no-room')
    yield* exportLines(this.#tools.redis, room, { digests: false })
  }

  async readMessage(
    room: Slug,
    id: EventId,
    by: string,
  ): Promise<{ message: Posted; own: boolean } | undefined> {
    const [json] = (await this.#scripts.read(MESSAGE, room, [formatId(id)])).values
    if (json === undefined) return undefined
    const found = decodeMessage(room, String(json))
    return { message: found.message, own: found.by === by }
  }

  async #write(
    script: Script,
    room: Slug,
    at: number,
    args: readonly ScriptArgument[],
    keys: readonly string[] = [],
  ): Promise<ScriptReply> {
    try {
      return await this.#scripts.write(script, room, at, args, keys)
    } catch (error) {
      // The cached room may be stale.
      if (error instanceof Refusal && error.code === 'not-found') this.#rooms.invalidate(room)
      throw error
    }
  }

  #now(): number {
    return this.#tools.redis.now()
  }
}

function digestKey(by: string, key: string): string {
  return createHash('sha256').update(`${by}\n${key}`).digest('base64url')
}

function changerDigest(changer: EditAuthorization): string {
  return changer === 'owner' ? '' : changer.by
}
