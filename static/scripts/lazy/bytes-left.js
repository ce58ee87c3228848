// Shows how many bytes are left, once a message comes near the limit.

const NEAR_BYTES = 400

const encoder = new TextEncoder()
const output = document.createElement('output')
output.className = 'bytes-left hint'

/** Shows them above the composer. A second call does nothing. */
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
  // The text also changes when the composer sends, and when a refused text comes back.
  for (const name of ['input', 'htmx:config:request', 'htmx:finally:request'])
    form.addEventListener(name, update)
  update()
}
