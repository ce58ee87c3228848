// Hides from this reader, in this browser, what those say whom they ignore. A click on a name asks whether to.

import { onMessage } from './arrivals.js'
import { withLater } from './fetch-later.js'
import { log } from './page.js'

const name = `ignored:${location.pathname}`
const sheet = new CSSStyleSheet()

/** Hides exactly the messages of these. A tag is six letters and digits; what is stored may be anything. */
const hide = (tags) => {
  const rules = [...tags].map((tag) =>
    /^[a-z0-9]{1,12}$/.test(tag) ? `.message[data-by="${tag}"]{display:none}` : '',
  )
  sheet.replaceSync(rules.join(''))
}

const begin = () => {
  try {
    // Names by tag.
    const ignored = new Map(JSON.parse(localStorage.getItem(name)))
    hide(ignored.keys())
    if (ignored.size > 0 || document.querySelector('.ignored'))
      withLater(({ listIgnored }) => listIgnored(name, hide))
  } catch {
    // A browser that lets nothing be stored remembers nobody.
  }
}

const ask = (author) => {
  if (author.role === 'button') withLater(({ askAbout }) => askAbout(author, name, hide))
}

const askable = (message) => {
  const author = message.querySelector('b > bdi')
  if (message.dataset.by === log.dataset.me) return
  // The keyboard comes by the message: see later/walk.js.
  author.tabIndex = -1
  author.role = 'button'
  author.ariaLabel = `${author.textContent}: ignore?`
}

document.adoptedStyleSheets.push(sheet)
begin()
onMessage(askable)
// Another tab of this room, or all that is stored was cleared.
addEventListener('storage', ({ key }) => {
  if (key === name || key === null) begin()
})
log.addEventListener('click', ({ target }) => ask(target))
log.addEventListener('keydown', (event) => {
  if ((event.key !== 'Enter' && event.key !== ' ') || event.target.role !== 'button') return
  event.preventDefault()
  ask(event.target)
})
