// Brings in good time what says how much still fits.

import { withLater } from './fetch-later.js'
import { form } from './page.js'

form.addEventListener('input', ({ target, currentTarget }) => {
  // Three bytes at most are one character here: before this there is no need to count.
  if (target.value.length > currentTarget.dataset.max / 4) withLater(({ tellLeft }) => tellLeft(target.form))
})
