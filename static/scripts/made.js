import { copies } from './later/copy.js'

for (const button of document.querySelectorAll('[data-copy]')) copies(button)
