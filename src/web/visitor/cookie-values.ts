/** The most cookies of one name that are read: one is ours, others may have been planted for another path or host. */
const VALUES_MAX = 4

/**
 * Reads the values of all cookies with this name, in order.
 * @param cookies the Cookie header, RFC 6265 §4.2.1
 */
export function readCookieValues(cookies: string | undefined, name: string): string[] {
  const prefix = `${name}=`
  if (!cookies?.includes(prefix)) return []
  if (cookies.startsWith(prefix) && !cookies.includes(';')) return [cookies.slice(prefix.length)]
  const values: string[] = []
  for (let from = 0; from < cookies.length && values.length < VALUES_MAX; ) {
    const semicolon = cookies.indexOf(';', from)
    const end = semicolon < 0 ? cookies.length : semicolon
    const pair = cookies.slice(from, end).trim()
    if (pair.startsWith(prefix)) values.push(pair.slice(prefix.length))
    from = end + 1
  }
  return values
}
