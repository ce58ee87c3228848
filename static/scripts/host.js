// What the page around this frame is told, and what it may ask for: by the origin that the server took for the page's, and
// by no other.

import { onMessage } from './arrivals.js'
import { goOn, pause } from './connection.js'
import { tellCrowd } from './crowd.js'
import { form, log, scroller } from './page.js'

/** Higher than any page lets a room be. */
const WISHED_MAX_PX = 2000

const { host } = document.body.dataset
const room = decodeURIComponent(location.pathname.split('/').at(-1))
const thread = scroller.firstElementChild

let wished = 0

const tell = (snug, what) => parent.postMessage({ snug, room, ...what }, host)

const tellMessage = (message, past) => {
  if (past) return
  const author = message.querySelector('b > bdi')
  tell('message', {
    id: message.id.slice(1),
    at: message.querySelector('time').dateTime,
    author: {
      name: author.textContent,
      tag: message.dataset.by,
      verified: author.nextElementSibling !== null,
    },
    text: message.querySelector('div').textContent,
    mine: message.dataset.by === log.dataset.me,
  })
}

/** The height at which nothing of the log would have to scroll. */
const tellSize = () => {
  const height = Math.min(WISHED_MAX_PX, innerHeight - scroller.clientHeight + thread.offsetHeight)
  if (height === wished) return
  wished = height
  tell('size', { height })
}

/** Another look, without beginning afresh: what was said would be gone. */
const look = ({ theme, accent, density }) => {
  const { dataset } = document.documentElement
  dataset.theme = theme ?? 'auto'
  dataset.density = density ?? 'cozy'
  const colour = /^#?([\da-f]{6})$/i.exec(accent ?? '')?.[1].toLowerCase()
  const address = colour && `/accent/${colour}.css`
  const sheet = document.querySelector('link[href^="/accent/"]')
  if ((sheet?.getAttribute('href') ?? undefined) === address) return
  sheet?.remove()
  if (!address) return
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = address
  document.head.append(link)
}

const ASKED = {
  pause: () => pause('host'),
  resume: () => goOn('host'),
  look,
  crowd: ({ count }) => tellCrowd(count),
}

if (host) {
  onMessage(tellMessage)
  log.addEventListener('unread', ({ detail }) => tell('unread', detail))
  const sizes = new ResizeObserver(tellSize)
  for (const part of [thread, form]) if (part) sizes.observe(part)
  addEventListener('message', ({ source, origin, data }) => {
    if (source === parent && origin === host && Object.hasOwn(ASKED, data?.snug)) ASKED[data.snug](data)
  })
  tell('ready')
}
