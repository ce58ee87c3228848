// Asks below a message what is to become of its author.

import { button } from './button.js'
import { ignore } from './ignored.js'

/** `name` and `hide` as in ignored.js. */
export const askAbout = (author, name, hide) => {
  const message = author.closest('.message')
  const who = author.textContent
  document.getElementById('ask')?.remove()
  const question = document.createElement('p')
  question.id = 'ask'
  question.className = 'ask'
  const close = () => {
    question.remove()
    author.focus()
  }
  const yes = button(`Ignore ${who}`, () => {
    question.remove()
    ignore(name, hide, message.dataset.by, who)
    document.getElementById('text').focus()
  })
  question.append(yes, button('Cancel', close))
  question.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    close()
  })
  message.append(question)
  yes.focus()
}
