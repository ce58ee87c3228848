// Notifications, when the reader wants them: asked for by a button, never by themselves.

const can = () => 'Notification' in globalThis && isSecureContext

/** Says in the sheet whether there are notifications, with a button where they can be had. */
export const offerNotifications = (sheet) => {
  const line = sheet.querySelector('[data-notify]')
  if (!line || !can()) return
  line.hidden = false
  const says = {
    granted: 'This browser notifies you when somebody mentions you.',
    denied: 'This browser blocks notifications from here.',
  }
  const show = () => {
    if (says[Notification.permission]) line.textContent = says[Notification.permission]
  }
  show()
  const button = line.querySelector('button')
  if (button) button.onclick = () => Notification.requestPermission().then(show)
}

/** Notifies of a message that calls the reader. What it says stays in the page: a system may keep its notifications. */
export const notify = (message) => {
  if (!can() || Notification.permission !== 'granted') return
  const who = message.querySelector('bdi').textContent
  const room = document.querySelector('h1').textContent
  try {
    const note = new Notification(`${who} wrote to you in ${room}`, { tag: message.id })
    note.addEventListener('click', () => {
      focus()
      message.scrollIntoView({ block: 'center' })
      note.close()
    })
  } catch {
    // Phones take them from service workers alone.
  }
}
