// Keeps the unsent text when this tab reloads, and nowhere else.

import { field } from './room-elements.js'

const storageKey = `draft:${location.pathname}`

try {
  if (field().value === '') field().value = sessionStorage.getItem(storageKey) ?? ''
  addEventListener('pagehide', () => {
    if (field().value === '') sessionStorage.removeItem(storageKey)
    else sessionStorage.setItem(storageKey, field().value)
  })
} catch {
  // A browser that blocks storage keeps no unsent text.
}
