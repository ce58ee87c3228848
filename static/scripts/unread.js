// What arrives while the reader is elsewhere: a line where it begins, a button that leads there, and a count in the title
// and on the icon. Whoever reads at the end of the log is told nothing that they see anyway.

import { onMessage } from './arrivals.js'
import { lineBefore } from './line.js'
import { isMuted } from './muted.js'
import { field, log, scroller } from './page.js'
import { isShown, onShown } from './shown.js'
import { mark } from './title.js'

const END_PX = 40

const icon = document.querySelector('link[rel=icon]')
const read = icon.href
const button = document.createElement('button')

let count = 0
/** How many of these call the reader by name. */
let calls = 0
let line

// The scroller is reversed: its end is at 0, and what is above it is negative.
const isAtEnd = () => scroller.scrollTop > -END_PX
const reads = () => isShown() && isAtEnd()

const show = () => {
  const tells = count > 0 && !isMuted()
  mark('unread', tells ? `(${calls > 0 ? `@${calls} · ` : ''}${count}) ` : '')
  log.dispatchEvent(new CustomEvent('unread', { detail: tells ? { count, calls } : { count: 0, calls: 0 } }))
  icon.href = tells ? icon.dataset.unread : read
  button.hidden = count === 0 || isAtEnd()
  button.textContent = `${count === 1 ? '1 new message' : `${count} new messages`} ↓`
}

const arrive = (message, past) => {
  if (past || message.dataset.by === log.dataset.me || reads()) return
  if (count === 0) {
    line?.remove()
    line = lineBefore(message, 'new', 'New')
  }
  count++
  if (message.matches('.for-me')) calls++
  show()
}

const catchUp = () => {
  if (count === 0 || !reads()) return
  count = 0
  calls = 0
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
onMessage(arrive)
scroller.addEventListener('scroll', catchUp, { passive: true })
onShown(catchUp)
document.addEventListener('mute', show)
