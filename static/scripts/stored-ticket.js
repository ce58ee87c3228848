// Who was here before, where the browser lets anything be stored: an embed's ticket. Those whom the page around it named
// have one of their own.

const { dataset } = document.body
const storageKey = `ticket:${location.pathname}${dataset.vouched === undefined ? '' : ':named'}`

/** The reader's tag in the room; nothing in a page without a log. */
const ownTag = () => document.getElementById('log')?.dataset.ownTag

/** Keeps the page's ticket for the next one. */
export const storeTicket = () => {
  try {
    localStorage.setItem(storageKey, `${dataset.ticket} ${ownTag()}`)
  } catch {
    // A browser that lets nothing be stored knows nobody again.
  }
}

/**
 * Whether the page gives way to one of who was here before: where the server knew nothing of them, or took them for
 * whom another frame began as, when several came up together and one cookie was left.
 */
export const resumeStoredTicket = () => {
  const url = new URL(location.href)
  let storedTicket
  let storedTag
  try {
    ;[storedTicket, storedTag] = localStorage.getItem(storageKey)?.split(' ') ?? []
  } catch {
    // As above.
  }
  // Whom the page around it names is who it is.
  const isOther = dataset.vouched === undefined && storedTag !== undefined && storedTag !== ownTag()
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
