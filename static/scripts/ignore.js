// Hides what a member says from this reader, in this browser, until they are shown again. A click on a name asks.

import { log, onMessage } from './arrivals.js'

const name = `ignored:${location.pathname}`
const sheet = new CSSStyleSheet()

let ignored = new Map()

const load = () => {
  try {
    ignored = new Map(JSON.parse(localStorage.getItem(name) ?? '[]'))
  } catch {
    ignored = new Map()
  }
}

const keep = () => {
  try {
    if (ignored.size === 0) localStorage.removeItem(name)
    else localStorage.setItem(name, JSON.stringify([...ignored].slice(-100)))
  } catch {
    // Kept for as long as this page lives.
  }
  apply()
}

const button = (text, run) => {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'quiet'
  made.textContent = text
  made.addEventListener('click', run)
  return made
}

const list = document.createElement('p')
list.className = 'ignored hint'

const apply = () => {
  // A tag is six letters and digits; what is stored may be anything.
  const tags = [...ignored.keys()].filter((tag) => /^[a-z0-9]{1,12}$/.test(tag))
  sheet.replaceSync(tags.map((tag) => `.message[data-by="${tag}"]{display:none}`).join(''))
  list.hidden = tags.length === 0
  list.replaceChildren(
    'Ignored here: ',
    ...tags.map((tag) =>
      button(`show ${ignored.get(tag)} again`, () => {
        ignored.delete(tag)
        keep()
      }),
    ),
  )
}

const ask = (author) => {
  const { by } = author.closest('.message').dataset
  const who = author.textContent
  document.getElementById('ask')?.remove()
  if (by === log.dataset.me) return
  const question = document.createElement('p')
  question.id = 'ask'
  question.className = 'ask'
  const close = () => {
    question.remove()
    author.focus()
  }
  const ignore = button(`Ignore ${who}`, () => {
    ignored.set(by, who)
    question.remove()
    keep()
    document.getElementById('text').focus()
  })
  question.append(ignore, button('Cancel', close))
  question.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') close()
  })
  author.closest('.message').append(question)
  ignore.focus()
}

const askable = (message) => {
  const author = message.querySelector('b > bdi')
  if (message.dataset.by === log.dataset.me) return
  author.tabIndex = 0
  author.setAttribute('role', 'button')
  author.setAttribute('aria-label', `${author.textContent}: ignore?`)
}

if (log) {
  document.adoptedStyleSheets.push(sheet)
  document.querySelector('.log-area').after(list)
  load()
  apply()
  onMessage(askable)
  log.addEventListener('click', ({ target }) => {
    const author = target.closest('b > bdi')
    if (author) ask(author)
  })
  log.addEventListener('keydown', (event) => {
    if ((event.key !== 'Enter' && event.key !== ' ') || !event.target.matches('b > bdi')) return
    event.preventDefault()
    ask(event.target)
  })
}
