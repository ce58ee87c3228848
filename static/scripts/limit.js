// Says how much still fits, near the end of what does.

const MAX_BYTES = 4096
const NEAR_BYTES = 400

const form = document.getElementById('composer')
const encoder = new TextEncoder()

if (form) {
  const left = document.createElement('output')
  left.className = 'left hint'
  left.hidden = true
  form.prepend(left)
  form.addEventListener('input', ({ target }) => {
    const bytes = MAX_BYTES - encoder.encode(target.value.trimEnd()).length
    left.hidden = bytes > NEAR_BYTES
    left.textContent = bytes < 0 ? `${-bytes} too many` : `${bytes} left`
    left.classList.toggle('refusal', bytes < 0)
  })
}
