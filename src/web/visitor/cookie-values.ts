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
  return cookies
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix))
    .slice(0, VALUES_MAX)
    .map((pair) => pair.slice(prefix.length))
}
