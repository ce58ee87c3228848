// Says how much still fits, near the end of what does.

const NEAR_BYTES = 400

const encoder = new TextEncoder()
const output = document.createElement('output')
output.className = 'bytes-left hint'

/** Tells it above the composer; once it does, nothing happens. */
export const showBytesLeft = (form) => {
  if (output.isConnected) return
  const update = () => {
    const text = form.elements.namedItem('text').value.trimEnd()
    const bytes = form.dataset.max - encoder.encode(text).length
    output.hidden = bytes > NEAR_BYTES
    output.textContent = bytes < 0 ? `${-bytes} too many` : `${bytes} left`
    output.classList.toggle('refusal', bytes < 0)
  }
  form.prepend(output)
  // The composer empties itself when it sends, and takes back what was refused.
  for (const name of ['input', 'htmx:config:request', 'htmx:finally:request'])
    form.addEventListener(name, update)
  update()
}
