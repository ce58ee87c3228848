// Brings what lets the keyboard walk through the log, once the keyboard is there.

import { withLater } from './fetch-later.js'
import { scroller } from './page.js'

scroller.addEventListener('focusin', () => {
  withLater(({ walk }) => walk(scroller))
})
