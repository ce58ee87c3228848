/** Inserts a line before a message. Screen readers can read it, but do not announce it. */
export const insertNotice = (message, kind, text) => {
  const notice = document.createElement('p')
  notice.className = `notice ${kind}`
  notice.ariaLive = 'off'
  notice.textContent = text
  message.before(notice)
  return notice
}
