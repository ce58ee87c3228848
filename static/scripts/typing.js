// Tells the others that something is being written, now and then, and shows who of them is writing.

const TELL_MS = 3000
const SHOW_MS = 5000

const log = document.getElementById('log')
const form = document.getElementById('composer')
const line = document.getElementById('typing')

/** Who is writing: their names by tag, and when each is forgotten. */
const writers = new Map()

let toldAt = 0

const show = () => {
  const names = [...writers.values()].map(({ name }) => name)
  const who =
    names.length > 2 ? 'Several people are' : `${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'}`
  line.textContent = names.length > 0 ? `${who} typing…` : ''
}

const forget = (tag) => {
  clearTimeout(writers.get(tag)?.timer)
  if (writers.delete(tag)) show()
}

if (form) {
  form.addEventListener('input', () => {
    if (Date.now() - toldAt < TELL_MS || form.elements.namedItem('text').value === '') return
    toldAt = Date.now()
    fetch(`${location.pathname}/typing`, { method: 'POST' }).catch(() => {})
  })
  form.addEventListener('htmx:config:request', () => {
    toldAt = 0
  })
  log.addEventListener('typing', ({ detail }) => {
    const { name, tag } = JSON.parse(detail.data)
    if (tag === log.dataset.me) return
    clearTimeout(writers.get(tag)?.timer)
    writers.set(tag, { name, timer: setTimeout(forget, SHOW_MS, tag) })
    show()
  })
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) forget(node.dataset?.by)
  }).observe(log, { childList: true })
}
