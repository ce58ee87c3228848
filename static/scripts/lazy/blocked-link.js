import { makeButton } from './button.js'
import { enableCopyButton } from './copy.js'

/** Shows, after an element, the address of a link that the frame can't open, with a button that copies it. */
export const showBlockedLink = (address, before) => {
  document.getElementById('blocked-link')?.parentElement.remove()
  const notice = document.createElement('p')
  const sentence = document.createElement('span')
  const link = document.createElement('input')
  const copy = makeButton('Copy link')
  notice.className = 'notice blocked-link'
  notice.role = 'status'
  sentence.textContent = 'The page around this room does not let it open links. Copy the address instead:'
  link.id = 'blocked-link'
  link.readOnly = true
  link.value = address
  link.ariaLabel = 'The address of the link'
  copy.dataset.copy = link.id
  notice.append(
    sentence,
    link,
    copy,
    makeButton('Close', () => notice.remove()),
  )
  before.after(notice)
  enableCopyButton(copy)
  link.select()
}
