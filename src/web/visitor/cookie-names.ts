/** The cookies of Snug's own pages, or of those that stand in other sites' pages. */
export interface CookieNames {
  /** Names the cookie that says who somebody is. */
  readonly session: string
  /** Names the cookie of the names that they took. */
  readonly names: string
  readonly attributes: string
}

export function ownCookieNames(secure: boolean): CookieNames {
  return {
    session: secure ? '__Host-snug' : 'snug',
    names: 'snug-names',
    attributes: `HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`,
  }
}

/** Of those whom the page around an embed names: what is done by that name is not to be gone on with without it. */
export function hostUserCookieNames(secure: boolean): CookieNames {
  const { session, names, attributes } = embedCookieNames(secure)
  return { session: `${session}-host`, names: `${names}-host`, attributes }
}

/**
 * Each site that shows rooms has a jar of its own there (CHIPS), so that nobody is followed from one to another. Over
 * plain http browsers take none from another site's frame: there, those of the same site alone come back.
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
