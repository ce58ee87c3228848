// Shows the address of a room while its name is typed.

import { toSlug } from './slug.js'

const field = document.getElementById('room')
const address = document.getElementById('address')

field?.addEventListener('input', () => {
  const slug = toSlug(field.value)
  address.hidden = slug === ''
  address.textContent = `${location.host}/r/${slug}`
})
