// The share sheet's buttons, which stay hidden until they can do something.

import { enableCopyButton } from './copy.js'

/** The room as another page would show it, to read alone: nobody joins by looking at it. */
const enablePreview = (preview, panel) => {
  preview.hidden = false
  panel.addEventListener('toggle', () => {
    preview.open &&= panel.open
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
export const enableShare = (panel) => {
  const sendButton = panel.querySelector('[data-share]')
  const preview = panel.querySelector('[data-preview]')
  const copyButtons = panel.querySelectorAll('[data-copy]')
  if (!copyButtons[0].hidden) return
  for (const button of copyButtons) enableCopyButton(button)
  if (preview) enablePreview(preview, panel)
  // The system's own way to share, where there is one.
  if (!navigator.share) return
  sendButton.hidden = false
  sendButton.addEventListener('click', () => {
    navigator.share({ title: document.title, url: sendButton.dataset.share }).catch(() => {})
  })
}
