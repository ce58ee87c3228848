// The share sheet's buttons, which stay hidden until they can do something.

import { copies } from './copy.js'

/** The room as another page would show it, to read alone: nobody joins by looking at it. */
const shows = (preview, sheet) => {
  preview.hidden = false
  sheet.addEventListener('toggle', () => {
    preview.open &&= sheet.open
  })
  preview.addEventListener('toggle', () => {
    preview.querySelector('iframe')?.remove()
    if (!preview.open) return
    const frame = document.createElement('iframe')
    frame.title = preview.dataset.title
    frame.src = preview.dataset.preview
    preview.append(frame)
    preview.scrollIntoView({ block: 'nearest' })
  })
}

/** Makes them work; once they do, nothing happens. */
export const share = (sheet) => {
  const send = sheet.querySelector('[data-share]')
  const preview = sheet.querySelector('[data-preview]')
  const copy = sheet.querySelectorAll('[data-copy]')
  if (!copy[0].hidden) return
  for (const button of copy) copies(button)
  if (preview) shows(preview, sheet)
  // The system's own way to share, where there is one.
  if (!navigator.share) return
  send.hidden = false
  send.addEventListener('click', () => {
    navigator.share({ title: document.title, url: send.dataset.share }).catch(() => {})
  })
}
