// Asks below a message what is to become of it, or of its author.

import { button } from './button.js'
import { change, deleteMessage } from './change.js'
import { copies } from './copy.js'
import { ignore } from './ignored.js'
import { mayChange } from './kept.js'

const close = (question) => {
  question.remove()
  document.getElementById('text')?.focus()
}

/** Asks once more, in the place of the question. */
const confirmDelete = (question, message) => {
  const sentence = document.createElement('span')
  sentence.role = 'alert'
  sentence.textContent = 'Delete it for everybody, for good?'
  const yes = button('Delete', async () => {
    const refusal = await deleteMessage(message)
    if (!refusal) return close(question)
    sentence.textContent = refusal
    sentence.className = 'refusal'
  })
  question.replaceChildren(
    sentence,
    yes,
    button('Cancel', () => close(question)),
  )
  yes.focus()
}

const copyLink = (question, message) => {
  const link = document.createElement('input')
  link.id = 'message-link'
  link.readOnly = true
  link.value = message.querySelector('time a').href
  link.ariaLabel = 'Link to this message'
  const copy = button('Copy link')
  copy.dataset.copy = link.id
  question.replaceChildren(
    link,
    copy,
    button('Close', () => close(question)),
  )
  copies(copy)
  copy.click()
}

/** `name` and `hide` as in ignored.js. */
export const askAbout = (author, name, hide) => {
  const message = author.closest('.message')
  const who = author.textContent
  document.getElementById('ask')?.remove()
  const question = document.createElement('p')
  question.id = 'ask'
  question.className = 'ask'
  const back = () => {
    question.remove()
    author.focus()
  }
  if (mayChange(message)) {
    question.append(
      button('Edit', () => {
        question.remove()
        change(message)
      }),
      button('Delete', () => confirmDelete(question, message)),
    )
  }
  if (message.dataset.by !== message.closest('#log').dataset.me) {
    question.append(
      button(`Ignore ${who}`, () => {
        close(question)
        ignore(name, hide, message.dataset.by, who)
      }),
    )
  }
  if (message.querySelector('time a')) question.append(button('Copy link', () => copyLink(question, message)))
  question.append(button('Cancel', back))
  question.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    back()
  })
  message.append(question)
  question.firstElementChild.focus()
}
