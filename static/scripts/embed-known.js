// Who was here before, where the browser lets anything be stored: an embed's ticket. Those whom the page around it named
// have one of their own.

const { dataset } = document.body
const name = `ticket:${location.pathname}${dataset.named === undefined ? '' : ':named'}`

/** Keeps the page's ticket for the next one. */
export const store = () => {
  try {
    localStorage.setItem(name, dataset.ticket)
  } catch {
    // A browser that lets nothing be stored knows nobody again.
  }
}

/** Whether the page gives way to one of who was here before: where the server knew nothing of them. */
export const goOn = () => {
  const url = new URL(location.href)
  let before
  try {
    before = localStorage.getItem(name)
  } catch {
    // As above.
  }
  if (dataset.fresh === undefined || !before || url.searchParams.get('ticket') === before) return false
  url.searchParams.set('ticket', before)
  location.replace(url)
  return true
}
