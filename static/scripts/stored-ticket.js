// Stores the ticket of an embed in the browser, so that the reader is the same member in the next page. A user named by
// the host page has a ticket of their own.

import { isTagOf } from './tags.js'

const { dataset } = document.body
const storageKey = `ticket:${location.pathname}${dataset.vouched === undefined ? '' : ':named'}`

/** The reader's tag in the room; undefined in a page without a log. */
const ownTag = () => document.getElementById('log')?.dataset.ownTag

/** Stores the page's ticket for the next page. */
export const storeTicket = () => {
  try {
    localStorage.setItem(storageKey, `${dataset.ticket} ${ownTag()}`)
  } catch {
    // In a browser that blocks storage the next page is a new member.
  }
}

/**
 * Reloads the page with the stored ticket if the server did not recognise the reader, or recognised another member:
 * when several frames open together, only the cookie of one of them remains.
 * @returns whether the page is reloaded
 */
export const resumeStoredTicket = () => {
  const url = new URL(location.href)
  let storedTicket
  let storedTag
  try {
    ;[storedTicket, storedTag] = localStorage.getItem(storageKey)?.split(' ') ?? []
  } catch {
    // As above
  }
  // A user named by the host page is not replaced.
  const isOther = dataset.vouched === undefined && storedTag !== undefined && !isTagOf(ownTag(), storedTag)
  if (
    (dataset.newMember === undefined && !isOther) ||
    !storedTicket ||
    url.searchParams.get('ticket') === storedTicket
  )
    return false
  url.searchParams.set('ticket', storedTicket)
  location.replace(url)
  return true
}
