// Shows which messages arrived while the reader was away: a line before the first, a button that leads there, and a
// count in the title and on the icon. A reader at the end of the log sees the messages anyway.

import { isIgnored } from './ignore.js'
import { insertNotice } from './insert-notice.js'
import { onMessage } from './message-observer.js'
import { isMuted } from './muted.js'
import { field, log, scroller } from './room-elements.js'
import { setTitleMark } from './title.js'
import { isVisible, onVisibilityChange } from './visibility.js'

const END_PX = 40

const icon = document.querySelector('link[rel=icon]')
const readIcon = icon.href
const button = document.createElement('button')

let count = 0
/** How many of these mention the reader. */
let mentions = 0
let separator

// The scroller is reversed: its end is at 0, and positions above it are negative.
const isAtEnd = () => scroller.scrollTop > -END_PX
const isReading = () => isVisible() && isAtEnd()

const show = () => {
  const isAnnounced = count > 0 && !isMuted()
  setTitleMark('unread', isAnnounced ? `(${mentions > 0 ? `@${mentions} · ` : ''}${count}) ` : '')
  log.dispatchEvent(
    new CustomEvent('unread', { detail: isAnnounced ? { count, calls: mentions } : { count: 0, calls: 0 } }),
  )
  icon.href = isAnnounced ? icon.dataset.unread : readIcon
  button.hidden = count === 0 || isAtEnd()
  button.textContent = `${count === 1 ? '1 new message' : `${count} new messages`} ↓`
}

const countMessage = (message, isHistory) => {
  const { by } = message.dataset
  if (isHistory || by === log.dataset.ownTag || isIgnored(by) || isReading()) return
  if (count === 0) {
    separator?.remove()
    separator = insertNotice(message, 'new', 'New')
  }
  count++
  if (message.matches('.mentions-me')) mentions++
  show()
}

const markRead = () => {
  if (count === 0 || !isReading()) return
  count = 0
  mentions = 0
  show()
}

button.type = 'button'
button.className = 'jump'
button.addEventListener('click', () => {
  scroller.scrollTop = 0
  field()?.focus()
})
scroller.after(button)
show()
onMessage(countMessage)
scroller.addEventListener('scroll', markRead, { passive: true })
onVisibilityChange(markRead)
document.addEventListener('mute-change', show)
