// The share sheet's buttons, which stay hidden until they can do something.

import { copies } from './copy.js'

/** Makes them work; once they do, nothing happens. */
export const share = (sheet) => {
  const copy = sheet.querySelector('[data-copy]')
  const send = sheet.querySelector('[data-share]')
  if (!copy.hidden) return
  copies(copy)
  // The system's own way to share, where there is one.
  if (!navigator.share) return
  send.hidden = false
  send.addEventListener('click', () => {
    navigator.share({ title: document.title, url: send.dataset.share }).catch(() => {})
  })
}
