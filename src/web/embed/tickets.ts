import { type Member, memberId } from '../../chat/member.ts'
import type { Name } from '../../chat/names/name.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'
import { isInTime } from '../visitor/clock-ahead.ts'
import type { IsTrusted } from './trusted-secrets.ts'

/** How long a ticket is valid: 12 hours. An open page renews it long before. */
export const TICKET_LIFE_MS = 12 * 3_600_000

const PURPOSE = 'ticket'

/** The sealed content of a ticket. Open pages can hold tickets of an earlier version, so the names of fields stay. */
interface TicketPayload {
  readonly room: Slug
  readonly id: string
  readonly era: number
  readonly name?: Name | undefined
  readonly verified?: true
  /** The fingerprint of the embed secret that vouches for the name. */
  readonly by?: string | undefined
  /** When the ticket was issued; milliseconds since 1970. */
  readonly at: number
}

/**
 * Tickets identify the member of an embed's page, where cookies can't be relied on. A ticket is sealed, for one room
 * and valid for half a day. The page sends it with every request.
 */
export class Tickets {
  readonly #clock: Clock
  readonly #secrets: Secrets
  readonly #isTrusted: IsTrusted

  constructor(clock: Clock, secrets: Secrets, isTrusted: IsTrusted) {
    this.#clock = clock
    this.#secrets = secrets
    this.#isTrusted = isTrusted
  }

  issue(room: Slug, { id, tagVersion, preferredNames, verified, vouchedBy }: Member): string {
    const payload: TicketPayload = {
      room,
      id,
      era: tagVersion,
      name: preferredNames?.get(room),
      ...(verified && { verified, by: vouchedBy }),
      at: this.#clock.now(),
    }
    return this.#secrets.seal(PURPOSE, JSON.stringify(payload))
  }

  /**
   * @throws Refusal `forbidden` if the ticket is invalid, too old or for another room, or if its member's secret is no
   * longer trusted; `busy` if that can't be told
   */
  async check(room: Slug, ticket: string | null | undefined): Promise<Member> {
    const member = await this.read(room, ticket)
    if (member) return member
    throw new Refusal(
      'forbidden',
      'This page has been open too long, belongs to another room, or its secret was changed. Reload it to go on.',
    )
  }

  /** The member of a ticket; undefined where `check` refuses it. */
  async read(room: Slug, ticket: string | null | undefined): Promise<Member | undefined> {
    const json = ticket ? this.#secrets.unseal(PURPOSE, ticket) : undefined
    if (json === undefined) return undefined
    // Trusted: `issue` has sealed it.
    const payload = JSON.parse(json) as TicketPayload
    if (payload.room !== room || !isInTime(payload.at, this.#clock.now(), TICKET_LIFE_MS)) return undefined
    // Tickets of earlier versions name no secret. Nobody can tell whether theirs is still trusted: they are refused.
    if (payload.verified && !(payload.by && (await this.#isTrusted(room, payload.by)))) return undefined
    return {
      id: memberId(payload.id),
      tagVersion: payload.era,
      ...(payload.name !== undefined && { preferredNames: new Map([[room, payload.name]]) }),
      ...(payload.verified && { verified: true }),
      ...(payload.by !== undefined && { vouchedBy: payload.by }),
    }
  }
}
