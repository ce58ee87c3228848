// The buttons of the share panel. Those that do nothing in this browser stay hidden.

import { enableCopyButton } from './copy.js'

/** Shows the room as an embed would look, read-only, so that looking at it joins nobody. */
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

/** Makes the buttons work. A second call does nothing. */
export const enableShare = (panel) => {
  const sendButton = panel.querySelector('[data-share]')
  const preview = panel.querySelector('[data-preview]')
  const copyButtons = panel.querySelectorAll('[data-copy]')
  if (!copyButtons[0].hidden) return
  for (const button of copyButtons) enableCopyButton(button)
  if (preview) enablePreview(preview, panel)
  // The share dialog of the system, if it has one
  if (!navigator.share) return
  sendButton.hidden = false
  sendButton.addEventListener('click', () => {
    navigator.share({ title: document.title, url: sendButton.dataset.share }).catch(() => {})
  })
}
