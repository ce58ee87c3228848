// A button that copies a field. On plain http beyond localhost browsers have no clipboard API: `execCommand` is used
// there.

/** Shows the button and makes it copy the field in its `data-copy`. */
export const enableCopyButton = (button) => {
  const field = document.getElementById(button.dataset.copy)
  button.hidden = false
  button.addEventListener('click', async () => {
    field.select()
    const copied = navigator.clipboard
      ? await navigator.clipboard.writeText(field.value).then(
          () => true,
          () => document.execCommand('copy'),
        )
      : document.execCommand('copy')
    button.textContent = copied ? 'Copied' : 'Press Ctrl+C'
  })
}
