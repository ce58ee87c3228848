import assert from 'node:assert/strict'
import type { Visitor } from './visitor.ts'

/** The page of an embed as it was received. */
export interface EmbedPage {
  readonly response: Response
  readonly html: string
  readonly ticket: string
  readonly name: string
}

/** What a browser sends when an embed's page leads to another one, or opens itself again with the ticket it stored. */
export const FROM_EMBED = { 'Sec-Fetch-Site': 'same-origin' }

/** Opens a room as a frame of another site's page does; with a ticket, as the embed's own page does. */
export async function openEmbed(visitor: Visitor, room = 'tea', query = ''): Promise<EmbedPage> {
  const from = query.includes('ticket=') ? FROM_EMBED : {}
  const response = await visitor.get(`/embed/${room}?${query}`, { 'Sec-Fetch-Dest': 'iframe', ...from })
  const html = await response.text()
  assert.equal(response.status, 200, html)
  return { response, html, ticket: findTicket(html), name: findName(html) }
}

/** Finds the ticket in an embed's page, or in a URL from it. */
export function findTicket(text: string): string {
  const ticket = /[?&;]ticket=([\w-]+)/.exec(text)?.[1]
  if (ticket === undefined) throw new Error('There is no ticket in this text')
  return ticket
}

export function findName(html: string): string {
  return /class="own-name">([^<]+)</.exec(html)?.[1] ?? ''
}

/** The headers that the script of a sandboxed page sends: its origin is `null`. */
export const SANDBOXED_HEADERS = { Origin: 'null', 'Sec-Fetch-Site': 'cross-site', 'HX-Request': 'true' }
