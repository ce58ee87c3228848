/** The parts of a room that an embed asks for; nothing of what only its owner can do is among them. */
const EMBED_ADDRESS_PATTERN =
  /^\/embed\/([^/?#\\]+)\/(messages(?:\/[\da-z]+\.\d+)?|name|people|composer|here|typing|ticket|events|live\.html)(?:\?|$)/

/** What an embed asks for, as far as the address says. */
export interface EmbedAddress {
  /** As in the address, still percent-encoded. */
  readonly room: string
  readonly part: string
}

/**
 * The part of a room that an embed asks for; undefined for all other requests. Nothing else decides who such a request
 * comes from: these addresses, exactly as they were sent, are those that need a ticket.
 */
export function parseEmbedAddress(url = ''): EmbedAddress | undefined {
  if (!url.startsWith('/embed/')) return undefined
  const [, room, part] = EMBED_ADDRESS_PATTERN.exec(url) ?? []
  return room === undefined || part === undefined ? undefined : { room, part }
}

/** The query of an address. */
export function readQuery(url = ''): URLSearchParams {
  const queryAt = url.indexOf('?')
  return new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt + 1))
}
