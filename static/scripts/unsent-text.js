// Keeps what is being written across reloads of this tab, and nowhere else.

import { field } from './room-elements.js'

const storageKey = `draft:${location.pathname}`

try {
  if (field().value === '') field().value = sessionStorage.getItem(storageKey) ?? ''
  addEventListener('pagehide', () => {
    if (field().value === '') sessionStorage.removeItem(storageKey)
    else sessionStorage.setItem(storageKey, field().value)
  })
} catch {
  // A browser that lets nothing be stored keeps no draft.
}
