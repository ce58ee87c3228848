// What arrives while the reader is elsewhere: a line where it begins, a button that leads there, and a count in the title
// and on the icon. Whoever reads at the end of the log is told nothing that they see anyway.

import { log, onMessage } from './arrivals.js'
import { isMuted } from './muted.js'
import { mark } from './title.js'

const END_PX = 40

const scroller = log?.closest('.scroller')
const icon = document.querySelector('link[rel=icon]')

let count = 0
/** How many of these call the reader by name. */
let calls = 0
let line
let button

// The scroller is reversed: its end is at 0, and what is above it is negative.
const reads = () => !document.hidden && scroller.scrollTop > -END_PX

const show = () => {
  const tells = count > 0 && !isMuted()
  mark('unread', tells ? `(${calls > 0 ? `@${calls} · ` : ''}${count}) ` : '')
  icon.href = tells ? icon.dataset.unread : icon.dataset.read
  button.hidden = count === 0 || scroller.scrollTop > -END_PX
  button.textContent = `${count === 1 ? '1 new message' : `${count} new messages`} ↓`
}

const begin = (message) => {
  line?.remove()
  line = document.createElement('p')
  line.className = 'line new'
  line.ariaLive = 'off'
  line.textContent = 'New'
  message.before(line)
}

const arrive = (message) => {
  if (message.dataset.by === log.dataset.me || reads()) return
  if (count === 0) begin(message)
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

if (log) {
  icon.dataset.read = icon.href
  button = document.createElement('button')
  button.type = 'button'
  button.className = 'jump'
  button.addEventListener('click', () => {
    scroller.scrollTop = 0
    document.getElementById('text').focus()
  })
  scroller.after(button)
  show()
  onMessage(arrive)
  scroller.addEventListener('scroll', catchUp, { passive: true })
  document.addEventListener('visibilitychange', catchUp)
  document.addEventListener('mute', show)
}
