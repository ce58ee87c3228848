// A room that is muted counts nothing and notifies of nothing, in this browser.

/** Shows the box, and makes it work; `changed` is called whenever it was used. */
export const mute = (sheet, isMuted, changed) => {
  const label = sheet.querySelector('[data-mute]')
  const box = label.querySelector('input')
  box.checked = isMuted()
  if (!label.hidden) return
  label.hidden = false
  box.addEventListener('change', () => {
    const name = `muted:${location.pathname}`
    try {
      if (box.checked) localStorage.setItem(name, '')
      else localStorage.removeItem(name)
    } catch {
      box.checked = false
    }
    changed()
  })
}
