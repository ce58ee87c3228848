// A button that copies a field. Plain http beyond this machine has no clipboard interface: there the old command serves.

for (const button of document.querySelectorAll('[data-copy]')) {
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
