/** The parts of a room that an embed can request. None of the owner's routes is among them. */
const EMBED_ADDRESS_PATTERN =
  /^\/embed\/([^/?#\\]+)\/(messages(?:\/[\da-z]+\.\d+)?|name|people|composer|here|typing|ticket|events|live\.html)(?:\?|$)/

/** The parsed address of a request of an embed. */
export interface EmbedAddress {
  /** Still percent-encoded. */
  readonly room: string
  readonly part: string
}

/**
 * Parses the address of a request of an embed. These addresses, exactly as they were sent, are the ones that need a
 * ticket; nothing else decides how such a request is identified.
 * @returns undefined for all other requests
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
