// A button that copies a field. Plain http beyond this machine has no clipboard interface: there the old command serves.

/** Shows the button, and makes it copy the field that it names. */
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
