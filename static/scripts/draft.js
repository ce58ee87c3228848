// Keeps what is being written across reloads of this tab, and nowhere else.

import { field } from './page.js'

const name = `draft:${location.pathname}`

try {
  if (field().value === '') field().value = sessionStorage.getItem(name) ?? ''
  addEventListener('pagehide', () => {
    if (field().value === '') sessionStorage.removeItem(name)
    else sessionStorage.setItem(name, field().value)
  })
} catch {
  // A browser that lets nothing be stored keeps no draft.
}
