// Loads the keyboard navigation of the log, once the focus is in the log.

import { withLazy } from './load-lazy.js'
import { scroller } from './room-elements.js'

scroller.addEventListener('focusin', () => {
  withLazy(({ enableKeyboardNavigation }) => enableKeyboardNavigation(scroller))
})
