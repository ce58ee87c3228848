// A frame in a sandbox without `allow-popups` can't open links. It asks WordPress to follow them, and otherwise shows
// their address, which can be copied.

import { withLazy } from './load-lazy.js'
import { scroller } from './room-elements.js'
import { requestLink } from './wordpress.js'

/** Whether the frame is in a sandbox: in every sandbox, setting `document.domain` fails. */
const isSandboxed = () => {
  if (origin === 'null') return true
  try {
    // biome-ignore lint/correctness/noSelfAssign: it throws in a sandbox
    document.domain = document.domain
    return false
  } catch {
    return true
  }
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href]')
  if (!link || event.defaultPrevented || !isSandboxed()) return
  event.preventDefault()
  const opened = open('about:blank')
  if (!opened) {
    requestLink(link)
    withLazy(({ showBlockedLink }) => showBlockedLink(link.href, scroller.parentElement))
    return
  }
  try {
    opened.opener = null
  } catch {
    // The new window is in a sandbox itself, which keeps it from changing this page.
  }
  opened.location = link.href
})
