// Mutes a room in this browser: no counts and no notifications.

/** Shows the checkbox and makes it work. `onChange` is called after each change. */
export const enableMute = (panel, isMuted, onChange) => {
  const label = panel.querySelector('[data-mute]')
  const box = label.querySelector('input')
  box.checked = isMuted()
  if (!label.hidden) return
  label.hidden = false
  box.addEventListener('change', () => {
    const storageKey = `muted:${location.pathname}`
    try {
      if (box.checked) localStorage.setItem(storageKey, '')
      else localStorage.removeItem(storageKey)
    } catch {
      box.checked = false
    }
    onChange()
  })
}
