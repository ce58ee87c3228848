import { enableCopyButton } from './lazy/copy.js'

// Going back to this page, or reloading it, would send the form again: it gets the address of the settings or tokens.
history.replaceState(null, '', document.querySelector('main').dataset.replaceUrl)

for (const button of document.querySelectorAll('[data-copy]')) enableCopyButton(button)
