/** Puts a line before a message. It is there to be seen: screen readers come to it, and do not announce it. */
export const lineBefore = (message, kind, text) => {
  const line = document.createElement('p')
  line.className = `line ${kind}`
  line.ariaLive = 'off'
  line.textContent = text
  message.before(line)
  return line
}
