// Shows the actions for a message and its author, below the message.

import { isolateName } from '../isolate-name.js'
import { isTagOf } from '../tags.js'
import { makeButton } from './button.js'
import { enableCopyButton } from './copy.js'
import { deleteMessage, editMessage } from './edit-message.js'
import { ignore } from './ignored.js'
import { mayChange } from './kept-room.js'

const closeMenu = (menu) => {
  menu.remove()
  document.getElementById('text')?.focus()
}

/** Replaces the menu with a question. */
const confirmDelete = (menu, message) => {
  const sentence = document.createElement('span')
  sentence.role = 'alert'
  sentence.textContent = 'Delete it for everybody, for good?'
  const confirmButton = makeButton('Delete', async () => {
    const refusal = await deleteMessage(message)
    if (!refusal) return closeMenu(menu)
    sentence.textContent = refusal
    sentence.className = 'refusal'
  })
  menu.replaceChildren(
    sentence,
    confirmButton,
    makeButton('Cancel', () => closeMenu(menu)),
  )
  confirmButton.focus()
}

const copyLink = (menu, message) => {
  const link = document.createElement('input')
  link.id = 'message-link'
  link.readOnly = true
  link.value = message.querySelector('time a').href
  link.ariaLabel = 'Link to this message'
  const copy = makeButton('Copy link')
  copy.dataset.copy = link.id
  menu.replaceChildren(
    link,
    copy,
    makeButton('Close', () => closeMenu(menu)),
  )
  enableCopyButton(copy)
  copy.click()
}

/** `storageKey` and `hide` as in ignored.js. */
export const showMessageActions = (author, storageKey, hide) => {
  const message = author.closest('.message')
  const name = author.textContent
  document.getElementById('message-actions')?.remove()
  const menu = document.createElement('p')
  menu.id = 'message-actions'
  menu.className = 'message-actions'
  const cancel = () => {
    menu.remove()
    author.focus()
  }
  if (mayChange(message)) {
    menu.append(
      makeButton('Edit', () => {
        menu.remove()
        editMessage(message)
      }),
      makeButton('Delete', () => confirmDelete(menu, message)),
    )
  }
  if (!isTagOf(message.closest('#log').dataset.ownTag, message.dataset.by)) {
    menu.append(
      makeButton(`Ignore ${isolateName(name)}`, () => {
        closeMenu(menu)
        ignore(storageKey, hide, message.dataset.by, name)
      }),
    )
  }
  if (message.querySelector('time a')) menu.append(makeButton('Copy link', () => copyLink(menu, message)))
  menu.append(makeButton('Cancel', cancel))
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    cancel()
  })
  message.append(menu)
  menu.firstElementChild.focus()
}
