// Updates who is here: the count, the reader's own name, and lines in the log; consecutive lines are merged into one.
// While the stream is open, the page confirms its presence at every second heartbeat: timers sleep in hidden tabs.

import { log } from './room-elements.js'
import { roomUrl } from './room-url.js'

const MERGED_MAX = 6

const list = document.getElementById('people')
const panel = list?.closest('details')
const ownName = document.querySelector('.own-name')

let heartbeats = 0

const refreshPeople = () => {
  if (panel?.open) list.dispatchEvent(new CustomEvent('refresh'))
}

const mergeIntoPrevious = (notice) => {
  const previous = notice.previousElementSibling
  if (!previous?.matches('.presence-line')) return
  previous.append(...notice.children)
  notice.remove()
  while (previous.childElementCount > MERGED_MAX) {
    previous.firstElementChild.remove()
    previous.classList.add('truncated')
  }
}

log.addEventListener('here', ({ detail }) => {
  const { count, renamed } = JSON.parse(detail.data)
  if (list) document.getElementById('here-count').textContent = count
  const ownRenaming = renamed.find(({ tag }) => tag === log.dataset.ownTag)
  if (ownRenaming && ownName) ownName.textContent = ownRenaming.name
  refreshPeople()
})
log.addEventListener('beat', () => {
  if (++heartbeats % 2 === 0) fetch(roomUrl('here'), { method: 'POST' }).catch(() => {})
})
panel?.addEventListener('toggle', refreshPeople)
new MutationObserver((changes) => {
  for (const { addedNodes } of changes)
    for (const node of addedNodes) if (node.matches?.('.presence-line')) mergeIntoPrevious(node)
}).observe(log, { childList: true })
