// Says how much still fits, near the end of what does.

const NEAR_BYTES = 400

const encoder = new TextEncoder()
const left = document.createElement('output')
left.className = 'left hint'

/** Tells it above the composer; once it does, nothing happens. */
export const tellLeft = (form) => {
  if (left.isConnected) return
  const show = () => {
    const text = form.elements.namedItem('text').value.trimEnd()
    const bytes = form.dataset.max - encoder.encode(text).length
    left.hidden = bytes > NEAR_BYTES
    left.textContent = bytes < 0 ? `${-bytes} too many` : `${bytes} left`
    left.classList.toggle('refusal', bytes < 0)
  }
  form.prepend(left)
  // The composer empties itself when it sends, and takes back what was refused.
  for (const name of ['input', 'htmx:config:request', 'htmx:finally:request'])
    form.addEventListener(name, show)
  show()
}
