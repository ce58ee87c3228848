/**
 * The names and attributes of a set of cookies: those of Snug's own pages, or those of embeds. Browsers share cookies
 * between all ports of a host (RFC 6265 §8.5), so each name is followed by the id of the server's key.
 */
export interface CookieNames {
  /** The name of the cookie that identifies the member. */
  readonly session: string
  /** The name of the cookie that keeps the names that the member took. */
  readonly names: string
  readonly attributes: string
}

/** The cookies of Snug's own pages. */
export function ownCookieNames(secure: boolean): CookieNames {
  return {
    session: secure ? '__Host-snug' : 'snug',
    names: 'snug-names',
    attributes: `HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`,
  }
}

/** The cookies of users named by the host page. They are separate: without the host page nobody is that user. */
export function hostUserCookieNames(secure: boolean): CookieNames {
  const { session, names, attributes } = embedCookieNames(secure)
  return { session: `${session}-host`, names: `${names}-host`, attributes }
}

/**
 * The cookies of embeds. Each embedding site has a separate cookie jar (CHIPS), so that nobody can be tracked from one
 * site to another. Over plain http browsers accept no cookies in frames of other sites: there, only embeds in pages of
 * the same site keep their cookies.
 */
export function embedCookieNames(secure: boolean): CookieNames {
  if (!secure)
    return { session: 'snug-embed', names: 'snug-embed-names', attributes: 'HttpOnly; SameSite=Lax' }
  return {
    session: '__Host-snug-embed',
    names: '__Host-snug-embed-names',
    attributes: 'HttpOnly; SameSite=None; Secure; Partitioned',
  }
}

/** The names of a cookie under each of the keys. */
export function namesOfKeys(name: string, keyIds: readonly string[]): string[] {
  return keyIds.map((id) => `${name}.${id}`)
}
