import { createHash } from 'node:crypto'
import { authorship } from '../../chat/author-digest.ts'
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
import type { Changer, Page, PageOf, Store } from '../../chat/ports/store.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import type { Script } from '../../redis/script.ts'
import { unlogged } from '../../redis/unlogged.ts'
import { idIn } from '../../redis/wire.ts'
import { denied } from '../rejection.ts'
import { APPEND } from './append.ts'
import { EDIT } from './edit.ts'
import { ERASE } from './erase.ts'
import { exportLines } from './export.ts'
import { compose, endsOf } from './page.ts'
import { BETWEEN, KNOWS, MESSAGE, PAGE, TOP } from './read.ts'
import { decodeEvent, decodeMessage, encodeMessage, encodeText } from './record.ts'
import { Rooms, type RoomsTools } from './rooms.ts'
import { type Answer, Scripts, type Word } from './scripts.ts'
import { decodeSettings } from './settings.ts'

/** How long a kept room knows a key. */
const KEY_TTL_MS = 86_400_000

export interface RedisStoreTools extends RoomsTools {
  readonly secrets: Secrets
}

/** Kept rooms in Redis, of all processes that use it. Each script that writes an event publishes it too. */
export class RedisStore implements Store {
  readonly #tools: RedisStoreTools
  readonly #scripts: Scripts
  readonly #rooms: Rooms

  constructor(tools: RedisStoreTools) {
    this.#tools = tools
    this.#scripts = new Scripts(tools.redis, tools.known)
    this.#rooms = new Rooms(tools, this.#scripts)
  }

  async close(): Promise<void> {
    this.#rooms.close()
  }

  /** Something of the room was changed, perhaps by another process: it is read again when it is asked for. */
  forget(room: Slug): void {
    this.#rooms.forget(room)
  }

  /** Something may have been changed anywhere that this process was not told of. */
  forgetAll(): void {
    this.#rooms.forgetAll()
  }

  async find(room: Slug): Promise<KeptRoom | undefined> {
    return (await this.#rooms.find(room)).room
  }

  async reservedUntil(room: Slug): Promise<number | undefined> {
    const { reservedUntil } = await this.#rooms.find(room)
    return reservedUntil !== undefined && reservedUntil > this.#now() ? reservedUntil : undefined
  }

  listed(): Promise<readonly Slug[]> {
    return this.#rooms.listed()
  }

  async isOwner(room: Slug, owner: string): Promise<boolean> {
    // Both are digests: comparing them tells nobody anything.
    return (await this.#rooms.find(room)).owner === owner
  }

  create(room: Slug, settings: Settings, owner: string): Promise<KeptRoom | undefined> {
    return this.#rooms.create(room, settings, owner)
  }

  change(room: Slug, settings: Settings): Promise<KeptRoom> {
    return this.#rooms.change(room, settings)
  }

  embedding(room: Slug): Promise<Embedding> {
    return this.#rooms.embedding(room)
  }

  embed(room: Slug, embedding: Embedding): Promise<void> {
    return this.#rooms.embed(room, embedding)
  }

  remove(room: Slug): Promise<void> {
    return this.#rooms.remove(room)
  }

  async append(room: Slug, member: Member, author: Author, { text, key }: Draft): Promise<Posted> {
    const { secrets, redis } = this.#tools
    const at = this.#now()
    const by = authorship(secrets, room, member)
    const json = encodeMessage({ at, by, author, text })
    const words = [KEY_TTL_MS, secrets.digest('text', text), unlogged(json)]
    const keys = key === undefined ? [] : [redis.keys.room(room, `once:${keyName(by, key)}`)]
    const { outcome, parts } = await this.#write(APPEND, room, at, words, keys)
    const [first = '', ...rest] = parts.map(String)
    const posted = (id: EventId): Posted => ({ kind: 'posted', id, room, at, author, text, kept: true })
    if (outcome === 'new') {
      this.#rooms.renew({ slug: room, ...decodeSettings(rest) })
      return posted(idIn(first))
    }
    const [id, digest = ''] = first.split(' ')
    if (!secrets.proves(digest, 'text', text)) throw denied('other-text')
    // A repeat is answered with the message as it was, whatever became of it.
    const there = rest[0] ? decodeMessage(room, rest[0]).message : undefined
    return { ...posted(idIn(id)), ...(there && { at: there.at, author: there.author }) }
  }

  async edit(room: Slug, id: EventId, changer: Changer, text: string): Promise<Edited> {
    const at = this.#now()
    const words = [formatId(id), byOf(changer), unlogged(encodeText(text, at))]
    const { parts } = await this.#write(EDIT, room, at, words)
    const [event, json = ''] = parts.map(String)
    return { kind: 'edited', id: idIn(event), room, at, message: decodeMessage(room, json).message }
  }

  async erase(room: Slug, id: EventId, changer: Changer): Promise<Deleted> {
    const at = this.#now()
    const { parts } = await this.#write(ERASE, room, at, [formatId(id), byOf(changer)])
    return { kind: 'deleted', id: idIn(parts[0]), room, at, of: id }
  }

  async top(room: Slug): Promise<EventId> {
    return idIn((await this.#scripts.read(TOP, room, [])).parts[0])
  }

  async knows(room: Slug, { epoch, seq }: EventId): Promise<boolean> {
    return (await this.#scripts.read(KNOWS, room, [epoch, seq])).parts[0] === 1
  }

  async between(room: Slug, after: EventId, upTo: EventId, limit: number): Promise<RoomEvent[]> {
    const { parts } = await this.#scripts.read(BETWEEN, room, [after.seq, upTo.seq, limit, 0])
    return parts.map((json) => decodeEvent(room, String(json)))
  }

  async page(room: Slug, of: PageOf, limit: number): Promise<Page> {
    const { parts } = await this.#scripts.read(PAGE, room, endsOf(of, limit))
    const [top, earlier, later] = parts as [string, string[], string[]]
    const decode = (json: string) => decodeMessage(room, json).message
    return { ...compose(of, limit, earlier.map(decode), later.map(decode)), top: idIn(top) }
  }

  async *export(room: Slug): AsyncGenerator<string, void, void> {
    if (!(await this.find(room))) throw denied('no-room')
    yield* exportLines(this.#tools.redis, room, { digests: false })
  }

  async message(room: Slug, id: EventId, by: string): Promise<{ message: Posted; own: boolean } | undefined> {
    const [json] = (await this.#scripts.read(MESSAGE, room, [formatId(id)])).parts
    if (json === undefined) return undefined
    const found = decodeMessage(room, String(json))
    return { message: found.message, own: found.by === by }
  }

  async #write(
    script: Script,
    room: Slug,
    at: number,
    words: readonly Word[],
    keys: readonly string[] = [],
  ): Promise<Answer> {
    try {
      return await this.#scripts.write(script, room, at, words, keys)
    } catch (error) {
      // What this process knew of the room may be old.
      if (error instanceof Refusal && error.code === 'not-found') this.#rooms.forget(room)
      throw error
    }
  }

  #now(): number {
    return this.#tools.redis.now()
  }
}

function keyName(by: string, key: string): string {
  return createHash('sha256').update(`${by}\n${key}`).digest('base64url')
}

function byOf(changer: Changer): string {
  return changer === 'owner' ? '' : changer.by
}
