import { copies } from './later/copy.js'

copies(document.querySelector('[data-copy]'))
