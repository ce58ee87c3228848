// Notifications, when the reader wants them: asked for by a button, never by themselves.

const canNotify = () => 'Notification' in globalThis && isSecureContext

/** Says in the sheet whether there are notifications, with a button where they can be had. */
export const offerNotifications = (panel) => {
  const paragraph = panel.querySelector('[data-notify]')
  if (!paragraph || !canNotify()) return
  paragraph.hidden = false
  const sentences = {
    granted: 'This browser notifies you when somebody mentions you.',
    denied: 'This browser blocks notifications from here.',
  }
  const show = () => {
    if (sentences[Notification.permission]) paragraph.textContent = sentences[Notification.permission]
  }
  show()
  const button = paragraph.querySelector('button')
  if (button) button.onclick = () => Notification.requestPermission().then(show)
}

/** Notifies of a message that calls the reader. What it says stays in the page: a system may keep its notifications. */
export const notify = (message) => {
  if (!canNotify() || Notification.permission !== 'granted') return
  const who = message.querySelector('bdi').textContent
  const room = document.querySelector('h1').textContent
  try {
    const notification = new Notification(`${who} wrote to you in ${room}`, { tag: message.id })
    notification.addEventListener('click', () => {
      focus()
      message.scrollIntoView({ block: 'center' })
      notification.close()
    })
  } catch {
    // Phones take them from service workers alone.
  }
}
