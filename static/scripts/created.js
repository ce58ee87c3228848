import { enableCopyButton } from './lazy/copy.js'

// Whoever comes back, or loads this again, would send the form again: it is where that is looked after from now on.
history.replaceState(null, '', document.querySelector('main').dataset.replaceUrl)

for (const button of document.querySelectorAll('[data-copy]')) enableCopyButton(button)
