// Tells the others that something is being written, now and then, and shows who of them is writing.

const TELL_MS = 3000
const SHOW_MS = 5000

/** Who is writing: their names by tag, and when each is forgotten. */
const writers = new Map()

let toldAt = 0
let telling = false
let listening = false

const show = () => {
  const names = [...writers.values()].map(({ name }) => name)
  const who = names.length > 2 ? 'Several people are' : `${names.join(' and ')} ${names[1] ? 'are' : 'is'}`
  document.getElementById('typing').textContent = names.length > 0 ? `${who} typing…` : ''
}

const forget = (tag) => {
  clearTimeout(writers.get(tag)?.timer)
  if (writers.delete(tag)) show()
}

/** Tells from now on, and of what stands in the field already. */
export const tellTyping = (form) => {
  if (telling) return
  telling = true
  const tell = () => {
    if (Date.now() - toldAt < TELL_MS || form.elements.namedItem('text').value === '') return
    toldAt = Date.now()
    fetch(`${location.pathname}/typing`, { method: 'POST' }).catch(() => {})
  }
  form.addEventListener('input', tell)
  form.addEventListener('htmx:config:request', () => {
    toldAt = 0
  })
  tell()
}

/** Shows that somebody else writes, until they stop or have written. */
export const showTyping = ({ name, tag }, onMessage) => {
  if (!listening) onMessage(({ dataset }) => forget(dataset.by))
  listening = true
  clearTimeout(writers.get(tag)?.timer)
  writers.set(tag, { name, timer: setTimeout(forget, SHOW_MS, tag) })
  show()
}
