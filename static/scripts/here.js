// Who is here, as it changes: the count, one's own name, and quiet lines, of which those that follow each other are one.
// While the stream lives the page gives signs of life, at every second heartbeat: timers sleep in tabs that are hidden.

import { log } from './page.js'
import { roomUrl } from './ticket.js'

const LINE_MAX = 6

const list = document.getElementById('people')
const sheet = list?.closest('details')
const me = document.querySelector('.me')

let beats = 0

const look = () => {
  if (sheet?.open) list.dispatchEvent(new CustomEvent('look'))
}

const gather = (line) => {
  const before = line.previousElementSibling
  if (!before?.matches('.came')) return
  before.append(...line.children)
  line.remove()
  while (before.childElementCount > LINE_MAX) {
    before.firstElementChild.remove()
    before.classList.add('more')
  }
}

log.addEventListener('here', ({ detail }) => {
  const { count, renamed } = JSON.parse(detail.data)
  if (list) document.getElementById('here').textContent = count
  const mine = renamed.find(({ tag }) => tag === log.dataset.me)
  if (mine && me) me.textContent = mine.name
  look()
})
log.addEventListener('beat', () => {
  if (++beats % 2 === 0) fetch(roomUrl('here'), { method: 'POST' }).catch(() => {})
})
sheet?.addEventListener('toggle', look)
new MutationObserver((changes) => {
  for (const { addedNodes } of changes)
    for (const node of addedNodes) if (node.matches?.('.came')) gather(node)
}).observe(log, { childList: true })
