// What the page around this frame is told, and what it may ask for: by the origin that the server took for the page's, and
// by no other.

import { pause, resume } from './connection.js'
import { setFrameCount } from './frame-count.js'
import { onMessage } from './message-observer.js'
import { form, log, scroller } from './room-elements.js'

/** Higher than any page lets a room be. */
const HEIGHT_MAX_PX = 2000

const { host } = document.body.dataset
const room = decodeURIComponent(location.pathname.split('/').at(-1))
const content = scroller.firstElementChild

let reportedHeight = 0

const postToHost = (snug, fields) => parent.postMessage({ snug, room, ...fields }, host)

const reportMessage = (message, isHistory) => {
  if (isHistory) return
  const author = message.querySelector('b > bdi')
  postToHost('message', {
    id: message.id.slice(1),
    at: message.querySelector('time').dateTime,
    author: {
      name: author.textContent,
      tag: message.dataset.by,
      verified: author.nextElementSibling !== null,
    },
    text: message.querySelector('div').textContent,
    mine: message.dataset.by === log.dataset.ownTag,
  })
}

/** The height at which nothing of the log would have to scroll. */
const reportSize = () => {
  const height = Math.min(HEIGHT_MAX_PX, innerHeight - scroller.clientHeight + content.offsetHeight)
  if (height === reportedHeight) return
  reportedHeight = height
  postToHost('size', { height })
}

/** Another look, without beginning afresh: what was said would be gone. */
const setAppearance = ({ theme, accent, density }) => {
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

const HANDLERS = {
  pause: () => pause('host'),
  resume: () => resume('host'),
  appearance: setAppearance,
  frames: ({ count }) => setFrameCount(count),
}

if (host) {
  onMessage(reportMessage)
  log.addEventListener('unread', ({ detail }) => postToHost('unread', detail))
  const resizeObserver = new ResizeObserver(reportSize)
  for (const element of [content, form]) if (element) resizeObserver.observe(element)
  addEventListener('message', ({ source, origin, data }) => {
    if (source === parent && origin === host && Object.hasOwn(HANDLERS, data?.snug)) HANDLERS[data.snug](data)
  })
  postToHost('ready')
}
