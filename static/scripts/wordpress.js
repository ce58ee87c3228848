// The messages between an embed and a page of WordPress, which has put a secret into the address of the frame. Its
// script (wp-embed.js) shows the frame after the first message, sets its height, and follows links for it.

import { onSizeChange } from './content-height.js'

/** The bounds of the height, the same as those of <snug-room>. In its editor WordPress sets none. */
const HEIGHT_MIN_PX = 240
const HEIGHT_MAX_PX = 480

// WordPress adds its own secret after one that is there already: the last one counts.
const [, secret] = /.*[?&]secret=([a-z\d]+)/is.exec(location.hash) ?? []

const send = (message, value) => parent.postMessage({ message, value, secret }, '*')

/** Asks WordPress to open a link to this server in place of the page. It may refuse. */
export const requestLink = (link) => {
  if (secret && link.origin === location.origin) send('link', link.href)
}

if (secret && parent !== window) {
  let height = HEIGHT_MIN_PX
  const sendHeight = () => send('height', height)
  onSizeChange((wanted) => {
    height = Math.round(Math.min(HEIGHT_MAX_PX, Math.max(HEIGHT_MIN_PX, wanted)))
    sendHeight()
  })
  // The script of WordPress may load later than this frame, and then asks for the height.
  addEventListener('message', ({ source, data }) => {
    if (source === parent && data?.message === 'ready' && data.secret === secret) sendHeight()
  })
}
