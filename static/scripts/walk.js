// Brings what lets the keyboard walk through the log, once the keyboard is there.

import { withLater } from './fetch-later.js'

document.querySelector('.scroller')?.addEventListener('focusin', ({ currentTarget }) => {
  withLater(({ walk }) => walk(currentTarget))
})
