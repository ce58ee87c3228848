import assert from 'node:assert/strict'
import type { Visitor } from './visitor.ts'

/** An embed's page as it came. */
export interface EmbedPage {
  readonly response: Response
  readonly html: string
  readonly ticket: string
  readonly name: string
}

/** Opens a room as a frame of another site's page does. */
export async function openEmbed(visitor: Visitor, room = 'tea', query = ''): Promise<EmbedPage> {
  const response = await visitor.get(`/embed/${room}?${query}`, { 'Sec-Fetch-Dest': 'iframe' })
  const html = await response.text()
  assert.equal(response.status, 200, html)
  return { response, html, ticket: findTicket(html), name: findName(html) }
}

/** The ticket in an embed's page, or in the address of one of its parts. */
export function findTicket(text: string): string {
  const ticket = /[?&;]ticket=([\w-]+)/.exec(text)?.[1]
  if (ticket === undefined) throw new Error('There is no ticket')
  return ticket
}

export function findName(html: string): string {
  return /class="own-name">([^<]+)</.exec(html)?.[1] ?? ''
}

/** What a sandboxed page's script sends: it is of no origin. */
export const SANDBOXED_HEADERS = { Origin: 'null', 'Sec-Fetch-Site': 'cross-site', 'HX-Request': 'true' }
