import { type Member, memberId } from '../../chat/member.ts'
import type { Name } from '../../chat/names/name.ts'
import type { Clock } from '../../chat/ports/clock.ts'
import type { Secrets } from '../../chat/ports/secrets.ts'
import { Refusal } from '../../chat/refusal.ts'
import type { Slug } from '../../chat/room.ts'

/** A page asks for another one long before. */
export const TICKET_LIFE_MS = 12 * 3_600_000

/** The clocks of several servers, or of one that was set, may differ by so much. */
const SKEW_MS = 300_000

const PURPOSE = 'ticket'

/** What a ticket says. */
interface TicketPayload {
  readonly room: Slug
  readonly id: string
  readonly era: number
  readonly name?: Name | undefined
  readonly verified?: true
  /** Milliseconds since 1970. */
  readonly at: number
}

/**
 * Who an embed's page belongs to, where no cookie can be relied on: sealed, for one room, and good for half a day. The
 * page brings it in all that it asks for.
 */
export class Tickets {
  readonly #clock: Clock
  readonly #secrets: Secrets

  constructor(clock: Clock, secrets: Secrets) {
    this.#clock = clock
    this.#secrets = secrets
  }

  issue(room: Slug, { id, tagVersion, preferredNames, verified }: Member): string {
    const claim: TicketPayload = {
      room,
      id,
      era: tagVersion,
      name: preferredNames?.get(room),
      ...(verified && { verified }),
      at: this.#clock.now(),
    }
    return this.#secrets.seal(PURPOSE, JSON.stringify(claim))
  }

  /** @throws Refusal `forbidden` for what is no ticket, or none for this room, or too old */
  check(room: Slug, ticket: string | null | undefined): Member {
    const member = this.read(room, ticket)
    if (member) return member
    throw new Refusal(
      'forbidden',
      'This page has been open too long, or belongs to another room. Reload it to go on.',
    )
  }

  /** Whose ticket it is; undefined where it is none that is good here and now. */
  read(room: Slug, ticket: string | null | undefined): Member | undefined {
    const opened = ticket ? this.#secrets.unseal(PURPOSE, ticket) : undefined
    if (opened === undefined) return undefined
    // Trusted: what is sealed was issued above.
    const claim = JSON.parse(opened) as TicketPayload
    const age = this.#clock.now() - claim.at
    if (claim.room !== room || age >= TICKET_LIFE_MS || age < -SKEW_MS) return undefined
    return {
      id: memberId(claim.id),
      tagVersion: claim.era,
      ...(claim.name !== undefined && { preferredNames: new Map([[room, claim.name]]) }),
      ...(claim.verified && { verified: true }),
    }
  }
}
