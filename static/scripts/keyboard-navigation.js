// Brings what lets the keyboard walk through the log, once the keyboard is there.

import { withLazy } from './load-lazy.js'
import { scroller } from './room-elements.js'

scroller.addEventListener('focusin', () => {
  withLazy(({ enableKeyboardNavigation }) => enableKeyboardNavigation(scroller))
})
