import type { HttpBindings } from '@hono/node-server'
import type { Member } from '../chat/member.ts'

/** What handlers find in Hono's context. */
export interface Env {
  Bindings: HttpBindings
  Variables: {
    member: Member
    /** The page that gives back what was typed, with the sentence of a refusal; set before what may refuse. */
    giveBack?: (sentence: string, offers: readonly string[]) => string | Promise<string>
  }
}
