/** The sentinels that watch a primary, and how to use the primary that they name. */
export interface SentinelAddress {
  /** `redis[s]://[user:password@]host:port` of each sentinel. */
  readonly sentinels: readonly string[]
  /** Their hosts and ports, to be printed. */
  readonly hosts: readonly string[]
  /** The name of the primary in the configuration of the sentinels. */
  readonly name: string
  /** Makes the URL of the primary at this host and port, with its user, password and database. */
  readonly primaryUrl: (host: string, port: string) => string
}

const DEFAULT_PORT = '26379'

const ADDRESS =
  /^(rediss?)\+sentinel:\/\/(?:(?<credentials>[^@/?#]*)@)?(?<hosts>[^@/?#]+)\/(?<name>[^/?#]+)(?<database>\/\d{0,4})?(?:\?(?<query>[^#]*))?$/

/** A name, an IPv4 address, or an IPv6 address in brackets; optionally a port. */
const HOST = /^(\[[\da-f:.]+\]|[\w.-]+)(?::(\d{1,5}))?$/i

/** The user and password of the sentinels themselves, if they need any. */
const PARAMETERS = ['sentinel-user', 'sentinel-password']

/** How such an address is written. */
export const SENTINEL_ADDRESS_FORM =
  'redis+sentinel://[USER:PASSWORD@]HOST[:PORT][,HOST[:PORT]…]/NAME[/DATABASE][?sentinel-password=PASSWORD]'

/** Whether a URL is meant to be the address of sentinels. */
export function isSentinelUrl(url: string): boolean {
  return /^rediss?\+sentinel:/.test(url)
}

/**
 * Parses `redis[s]+sentinel://[user:password@]host[:port][,host[:port]…]/name[/database]`, and then optionally
 * `?sentinel-user=…&sentinel-password=…`. With `rediss`, both the sentinels and the primary are reached over TLS.
 * @returns undefined if it is not such an address
 */
export function parseSentinelUrl(url: string): SentinelAddress | undefined {
  const match = ADDRESS.exec(url)
  const { credentials = '', hosts = '', name = '', database = '', query = '' } = match?.groups ?? {}
  const parts = hosts.split(',').map((host) => HOST.exec(host))
  const parameters = new URLSearchParams(query)
  if (!match || [...parameters.keys()].some((key) => !PARAMETERS.includes(key))) return undefined
  const addresses: string[] = []
  for (const part of parts) {
    const [, host = '', port = DEFAULT_PORT] = part ?? []
    if (host === '' || Number(port) > 65_535) return undefined
    addresses.push(`${host}:${port}`)
  }
  const [user, password] = PARAMETERS.map((key) => encodeURIComponent(parameters.get(key) ?? ''))
  const own = user || password ? `${user}:${password}@` : ''
  const scheme = `${match[1]}://`
  const decoded = decode(name)
  if (decoded === undefined || !URL.canParse(`${scheme}${credentials}@host`)) return undefined
  return {
    sentinels: addresses.map((address) => `${scheme}${own}${address}`),
    hosts: addresses,
    name: decoded,
    primaryUrl: (host, port) => {
      const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
      return `${scheme}${credentials && `${credentials}@`}${authority}${database}`
    },
  }
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
