/** Puts a line before a message. It is there to be seen: screen readers come to it, and do not announce it. */
export const insertNotice = (message, kind, text) => {
  const notice = document.createElement('p')
  notice.className = `notice ${kind}`
  notice.ariaLive = 'off'
  notice.textContent = text
  message.before(notice)
  return notice
}
