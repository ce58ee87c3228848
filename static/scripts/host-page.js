// Exchanges messages with the host page, only if it has the origin that the server has accepted for it.

import { pause, resume } from './connection.js'
import { onSizeChange } from './content-height.js'
import { setFrameCount } from './frame-count.js'
import { onMessage } from './message-observer.js'
import { log } from './room-elements.js'
import { isTagOf } from './tags.js'

/** Higher than any host page makes a room. */
const HEIGHT_MAX_PX = 2000

const { host } = document.body.dataset
const room = decodeURIComponent(location.pathname.split('/').at(-1))

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
    mine: isTagOf(log.dataset.ownTag, message.dataset.by),
  })
}

/** Changes the appearance without reloading: a reload would lose the messages of a vanishing room. */
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
  onSizeChange((height) => postToHost('size', { height: Math.min(HEIGHT_MAX_PX, height) }))
  addEventListener('message', ({ source, origin, data }) => {
    if (source === parent && origin === host && Object.hasOwn(HANDLERS, data?.snug)) HANDLERS[data.snug](data)
  })
  postToHost('ready')
}
