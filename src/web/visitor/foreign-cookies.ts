/** The most bytes of the cookies that other servers on the same host may keep. All headers may take 16 KiB. */
const FOREIGN_BYTES_MAX = 6_000

/** A cookie of any server: its name ends with the id of the server's key. */
const COOKIE = /^((?:__Host-)?snug(?:-embed)?(?:-names)?(?:-host)?)\.([\w-]{10})=(.*)$/s

/** The time of a session cookie in seconds since 1970, in base 36: see `Sessions`. */
const RENEWED = /^[\w-]+\.[0-9a-z]+\.[0-9a-z]+\.([0-9a-z]{1,8})\./

interface ServerCookies {
  readonly names: string[]
  bytes: number
  /** When the newest session began or was renewed. It is not verified: it only decides the order. */
  renewed: number
}

/**
 * The values of Set-Cookie headers that expire the cookies of servers which ran on this host long ago, so that a host
 * with many servers, such as localhost, never has too many. The servers that were visited last keep theirs.
 * @param cookies the Cookie header, RFC 6265 §4.2.1
 * @param ownKeys the ids of this server's keys
 */
export function expireForeignCookies(cookies: string | undefined, ownKeys: readonly string[]): string[] {
  if (!cookies || cookies.length <= FOREIGN_BYTES_MAX) return []
  const servers = new Map<string, ServerCookies>()
  for (const pair of cookies.split(';')) {
    const [, name, key, value = ''] = COOKIE.exec(pair.trim()) ?? []
    if (!name || !key || ownKeys.includes(key)) continue
    const server = servers.get(key) ?? { names: [], bytes: 0, renewed: 0 }
    servers.set(key, server)
    server.names.push(`${name}.${key}`)
    server.bytes += pair.length + 1
    server.renewed = Math.max(server.renewed, Number.parseInt(RENEWED.exec(value)?.[1] ?? '0', 36))
  }
  let bytes = 0
  return [...servers.values()]
    .sort((one, two) => two.renewed - one.renewed)
    .filter((server) => {
      bytes += server.bytes
      return bytes > FOREIGN_BYTES_MAX
    })
    .flatMap(({ names }) => names.map(expire))
}

function expire(name: string): string {
  const attributes = name.startsWith('__Host-') ? '; Secure' : ''
  const partition = name.startsWith('__Host-snug-embed') ? '; SameSite=None; Partitioned' : ''
  return `${name}=; Path=/; Max-Age=0; HttpOnly${attributes}${partition}`
}
