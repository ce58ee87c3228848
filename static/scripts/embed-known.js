// Who was here before, where the browser lets anything be stored: an embed's ticket. Those whom the page around it named
// have one of their own.

const { dataset } = document.body
const name = `ticket:${location.pathname}${dataset.named === undefined ? '' : ':named'}`

/** The reader's tag in the room; nothing in a page without a log. */
const tag = () => document.getElementById('log')?.dataset.me

/** Keeps the page's ticket for the next one. */
export const store = () => {
  try {
    localStorage.setItem(name, `${dataset.ticket} ${tag()}`)
  } catch {
    // A browser that lets nothing be stored knows nobody again.
  }
}

/**
 * Whether the page gives way to one of who was here before: where the server knew nothing of them, or took them for
 * whom another frame began as, when several came up together and one cookie was left.
 */
export const goOn = () => {
  const url = new URL(location.href)
  let before
  let was
  try {
    ;[before, was] = localStorage.getItem(name)?.split(' ') ?? []
  } catch {
    // As above.
  }
  // Whom the page around it names is who it is.
  const isOther = dataset.named === undefined && was !== undefined && was !== tag()
  if ((dataset.fresh === undefined && !isOther) || !before || url.searchParams.get('ticket') === before)
    return false
  url.searchParams.set('ticket', before)
  location.replace(url)
  return true
}
